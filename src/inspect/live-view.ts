import { collapse } from '../blocking-graph/collapse.js';
import { renderDot } from '../blocking-graph/render/dot.js';
import { heatOf, nodeLines, nodeTooltip } from '../blocking-graph/render/node-lines.js';
import { locksHtml, rowsHtml, schedulerHtml, tilesHtml, warningsHtml } from '../blocking-graph/render/page-parts.js';
import { schedulingHtml } from '../blocking-graph/render/scheduling-html.js';
import { describeProcess, viewEdges, viewNodes } from '../blocking-graph/render/view.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';

/** What the live page asks for each second: all that it shows, ready to be put in its place. */
export interface LiveView {
  readonly process: string;
  /** Pieces of HTML, everything in them escaped. */
  readonly html: {
    readonly tiles: string;
    readonly warnings: string;
    readonly locks: string;
    readonly scheduler: string;
    readonly scheduling: string;
    readonly rows: string;
  };
  /** Stands for the nodes and edges that there are; a drawing of the same structure can be kept. */
  readonly structure: string;
  /** What to lay out; null when the page has this structure already. */
  readonly dot: string | null;
  /** By id of the edge. */
  readonly edges: Readonly<Record<string, { width: number; tooltip: string }>>;
  /** What to write into the boxes of the drawing, by id of the node. */
  readonly nodes: Readonly<Record<string, { lines: string[]; tooltip: string; heat: number; waits: boolean }>>;
}

export function liveView(snapshot: Snapshot, structureShown: string | null): LiveView {
  const shown = collapse(snapshot, MOST_NODES);
  const structure = structureOf(shown);
  return {
    process: describeProcess(snapshot),
    html: {
      tiles: tilesHtml(snapshot),
      warnings: warningsHtml(snapshot),
      locks: locksHtml(snapshot),
      scheduler: schedulerHtml(snapshot),
      scheduling: schedulingHtml(snapshot.scheduling),
      rows: rowsHtml(snapshot, MOST_ROWS),
    },
    structure,
    dot: structure === structureShown ? null : renderDot(shown),
    edges: Object.fromEntries(viewEdges(shown).map(({ id, width, tooltip }) => [id, { width, tooltip }])),
    nodes: Object.fromEntries(
      viewNodes(shown).map((view) => [
        view.node.id,
        { lines: nodeLines(view), tooltip: nodeTooltip(view), heat: heatOf(view.share), waits: view.node.waiting > 0 },
      ]),
    ),
  };
}

/** A layout of so many nodes takes the browser about 0.2 s. */
const MOST_NODES = 80;
const MOST_ROWS = 200;

/** FNV-1a over ids: two structures with one hash are a drawing that is a second late. */
function structureOf({ nodes, edges }: Snapshot): string {
  let hash = 0x811c9dc5;
  const text = [...nodes.map(({ id }) => id), ...edges.map(({ from, to }) => `${from}>${to}`)].join('\n');
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${nodes.length}-${edges.length}-${(hash >>> 0).toString(36)}`;
}
