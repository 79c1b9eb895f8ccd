import { textHash } from '../base/text-hash.js';
import { collapse } from '../blocking-graph/collapse.js';
import { focus } from '../blocking-graph/focus.js';
import { renderDot } from '../blocking-graph/render/dot.js';
import { heatOf } from '../blocking-graph/render/heat.js';
import { nodeLines, nodeTooltip } from '../blocking-graph/render/node-lines.js';
import { bodiesHtml, locksHtml, schedulerHtml, tilesHtml, warningsHtml } from '../blocking-graph/render/page-parts.js';
import { schedulingHtml } from '../blocking-graph/render/scheduling-html.js';
import { describeProcess, viewEdges, viewNodes } from '../blocking-graph/render/view.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';

/** What the live page asks for each second: all that it shows, ready to be inserted. */
export interface LiveView {
  readonly process: string;
  /** Pieces of HTML, in which all text is escaped. */
  readonly html: {
    readonly tiles: string;
    readonly warnings: string;
    readonly locks: string;
    readonly scheduler: string;
    readonly scheduling: string;
    /** The bodies of the table. */
    readonly bodies: string;
  };
  /** A hash of the nodes and edges; as long as it stays the same, the drawing can be kept. */
  readonly structure: string;
  /** What to lay out, in DOT; null when the page has this structure already. */
  readonly dot: string | null;
  /** By id of the edge. */
  readonly edges: Readonly<Record<string, { width: number; tooltip: string }>>;
  /** What to write into the boxes of the drawing, by id of the node. */
  readonly nodes: Readonly<Record<string, { lines: string[]; tooltip: string; heat: number; waits: boolean }>>;
}

/** What the page shows of the graph. */
export interface LiveQuery {
  /** The structure of the drawing that the page has; null when it has none. */
  readonly structure: string | null;
  /** Id of the node, or of the group of nodes with the same wait, that the drawing is about; null for an overview. */
  readonly focus: string | null;
  /** What is searched for; empty for everything. */
  readonly filter: string;
}

export function liveView(snapshot: Snapshot, query: LiveQuery): LiveView {
  const near = query.focus === null ? null : focus(snapshot, query.focus, MOST_NEAR);
  const shown = near ?? collapse(snapshot, MOST_NODES);
  const structure = structureOf(shown);
  return {
    process: describeProcess(snapshot),
    html: {
      tiles: tilesHtml(snapshot),
      warnings: warningsHtml(snapshot),
      locks: locksHtml(snapshot),
      scheduler: schedulerHtml(snapshot),
      scheduling: schedulingHtml(snapshot.scheduling),
      bodies: bodiesHtml(snapshot, MOST_PLACES, query.filter.toLowerCase()),
    },
    structure,
    dot: structure === query.structure ? null : renderDot(shown),
    edges: Object.fromEntries(viewEdges(shown).map(({ id, width, tooltip }) => [id, { width, tooltip }])),
    nodes: Object.fromEntries(
      viewNodes(shown).map((view) => [
        view.node.id,
        { lines: nodeLines(view), tooltip: nodeTooltip(view), heat: heatOf(view.share), waits: view.node.waiting > 0 },
      ]),
    ),
  };
}

/** Nobody can read more boxes at once. Fewer are drawn where the drawing is about one of them. */
const MOST_NODES = 40;
const MOST_NEAR = 24;
/** The most places to list below what is waited for, in all. The others are found by searching. */
const MOST_PLACES = 200;

/** Should two structures have one hash, the drawing is outdated until the next change of structure. */
function structureOf({ nodes, edges }: Snapshot): string {
  return textHash([...nodes.map(({ id }) => id), ...edges.map(({ from, to }) => `${from}>${to}`)].join('\n'));
}
