import { collapse } from '../collapse.js';
import type { Snapshot } from '../snapshot.js';
import { escapeMarkup, printable } from './format.js';
import { heatFills, heatOf } from './heat.js';
import { nodeLines, nodeTooltip } from './node-lines.js';
import { isTerminal, viewEdges, viewNodes, type EdgeView, type NodeView } from './view.js';

/**
 * The blocking graph in Graphviz's DOT language. Nodes are filled by their share of processor time, and framed if fibers wait
 * there; the width of an edge grows with its count. Ids are the snapshot's, in the drawing too, and the classes `heat-0`
 * to `heat-5`, `waits`, `spawn` and `exit` let a page apply its own colours. All nodes are drawn unless `limit` is given.
 */
export function renderDot(snapshot: Snapshot, options: { readonly limit?: number } = {}): string {
  const shown = collapse(snapshot, options.limit ?? Infinity);
  return [
    `digraph ${quote('blocking graph')} {`,
    `  graph [${attributes({ rankdir: 'TB', bgcolor: 'transparent', nodesep: '0.35', ranksep: '0.45', tooltip: ' ' })}];`,
    `  node [${attributes({ shape: 'box', style: 'filled,rounded', fontname: FONT, fontsize: '12', margin: '0.16,0.09', color: '#8b949e', fontcolor: '#1f2328' })}];`,
    `  edge [${attributes({ color: '#8b949e', arrowsize: '0.7' })}];`,
    ...viewNodes(shown).map(nodeStatement),
    ...viewEdges(shown).map(edgeStatement),
    '}\n',
  ].join('\n');
}

/** A font whose metrics Graphviz knows; where it is missing, browsers substitute one with the same metrics. */
const FONT = 'Arial';

function nodeStatement(view: NodeView): string {
  const { node } = view;
  const heat = heatOf(view.share);
  const terminal = isTerminal(node);
  const waits = node.waiting > 0;
  return `  ${quote(node.id)} [${attributes({
    id: node.id,
    class: [`heat-${heat}`, ...(waits ? ['waits'] : []), ...(terminal ? [node.label] : [])].join(' '),
    fillcolor: heatFills[heat]!,
    ...(waits ? { color: '#0969da', penwidth: '2' } : {}),
    ...(terminal ? { shape: 'ellipse', margin: '0.05,0.03' } : {}),
    ...(node.label === 'exit' ? { peripheries: '2' } : {}),
    tooltip: nodeTooltip(view),
  })},label=<${nodeLabel(view)}>];`;
}

/** Each line becomes a text element of its own in the drawing, so that a page can change it without a new layout. */
function nodeLabel(view: NodeView): string {
  const [name = '', ...rest] = nodeLines(view).map(escapeMarkup);
  return [`<B>${name}</B>`, ...rest.map((line) => `<FONT POINT-SIZE="10">${line}</FONT>`)].join('<BR/>');
}

function edgeStatement({ edge, id, width, tooltip }: EdgeView): string {
  return `  ${quote(edge.from)} -> ${quote(edge.to)} [${attributes({ id, penwidth: width.toFixed(2), tooltip })}];`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(',');
}

/**
 * A quoted string. Graphviz expands `\N` and the like in tooltips, and entities such as `&lt;` everywhere, so backslashes are
 * doubled and ampersands escaped.
 */
function quote(value: string): string {
  const safe = value
    .split('\n')
    .map((line) => printable(line, 400))
    .join('\n');
  return `"${safe.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
