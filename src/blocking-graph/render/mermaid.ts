import { collapse } from '../collapse.js';
import type { Snapshot } from '../snapshot.js';
import { formatCount, printable } from './format.js';
import { heatFills, heatOf } from './heat.js';
import { nodeLines } from './node-lines.js';
import { isTerminal, viewNodes } from './view.js';

/**
 * The blocking graph as a Mermaid flowchart, for Markdown. GitHub draws at most 500 edges and 50,000 characters, and a
 * reader takes in less: beyond `limit` nodes, 40 unless given, nodes are merged, and only the busiest edges are drawn.
 */
export function renderMermaid(snapshot: Snapshot, options: { readonly limit?: number } = {}): string {
  const shown = collapse(snapshot, options.limit ?? 40);
  const views = viewNodes(shown);
  const ids = new Map(views.map(({ node }, index) => [node.id, PLAIN.test(node.id) ? node.id : `x${index}`]));
  const edges = [...shown.edges].sort((a, b) => b.count - a.count).slice(0, MOST_EDGES);
  const lines = views.map((view) => {
    const label = `"${nodeLines(view)
      .map((line) => escapeLabel(printable(line, 80)))
      .join('<br>')}"`;
    return `  ${ids.get(view.node.id)}${isTerminal(view.node) ? `([${label}])` : `[${label}]`}`;
  });
  return [
    'flowchart TD',
    ...lines,
    ...edges.map((edge) => `  ${ids.get(edge.from)} -->|"${formatCount(edge.count)}×"| ${ids.get(edge.to)}`),
    ...HEAT.map((style, heat) => `  classDef heat${heat} ${style}`),
    ...HEAT.flatMap((_, heat) => {
      const members = views.filter(({ share }) => heatOf(share) === heat).map(({ node }) => ids.get(node.id));
      return members.length === 0 ? [] : [`  class ${members.join(',')} heat${heat}`];
    }),
    '',
  ].join('\n');
}

const MOST_EDGES = 300;

/** Ids that heddle makes; any other could be a keyword of Mermaid's. */
const PLAIN = /^n[0-9a-z]{4,}$/;

/** Dark text on light fills in either of GitHub's themes. */
const HEAT = heatFills.map((fill) => `fill:${fill},stroke:#8b949e,color:#1f2328`);

/** Mermaid's entities are numeric, with `#` for `&#`. Every character that might have a meaning to it is escaped. */
function escapeLabel(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._:/,()·←…×+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
