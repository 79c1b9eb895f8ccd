import { predictRemaining, type NodeRemaining, type RemainingDemand } from '../remaining.js';
import type { Snapshot } from '../snapshot.js';
import { formatBytes, formatCount, formatMs, plural, printable } from './format.js';
import { makePaint } from './paint.js';
import { GAP, layOutTable, type Column } from './text-table.js';
import type { TextOptions } from './text.js';
import { titledLines, wrap } from './titled-lines.js';
import { describeProcess, viewNodes, type NodeView } from './view.js';

/**
 * What fibers at each node are still going to need, as a table: the time to the end (T), and for each resource how much
 * is still to be used (W), after what mean delay (H), and the sum of W and what is already held (Q).
 */
export function renderRemaining(snapshot: Snapshot, options: TextOptions = {}): string {
  const { width = Infinity, color = false, limit = 30 } = options;
  const paint = makePaint(color);
  const { nodes, settled } = predictRemaining(snapshot);
  const predicted = new Map(nodes.map((one) => [one.node.id, one]));
  const rows = viewNodes(snapshot)
    .filter(({ node }) => node.label !== 'exit')
    .sort(({ node: a }, { node: b }) => b.fibers - a.fibers || b.arrivals - a.arrivals)
    .map((view): Row => ({ view, ...predicted.get(view.node.id)! }));
  const known = rows.filter(({ timeMs }) => timeMs !== null);
  const pools = known[0]?.demands.filter(({ resource }) => !SYSTEM.has(resource)) ?? [];
  const columns = [...COLUMNS, ...pools.flatMap(({ resource }) => demandColumns(resource, 1, formatMs))];
  const lines = [
    ...titledLines('still to come', [describeProcess(snapshot), `${formatMs(snapshot.windowMs)} window`], width, paint),
    ...layOutTable(known.slice(0, limit), columns, { width, paint }),
  ];
  const note = (text: string): void =>
    void lines.push(...wrap(text, width - GAP.length).map((part) => paint('faint', GAP + part)));
  if (known.length > limit) note(`… and ${plural(known.length - limit, 'more node')}`);
  const endless = rows.length - known.length;
  if (endless > 0) note(`${plural(endless, 'node')} from which nobody was seen to end`);
  if (!settled) note('the graph is too large to be followed to all of its ends: the numbers may be far too small');
  return `${lines.map((one) => one.trimEnd()).join('\n')}\n`;
}

interface Row extends NodeRemaining {
  readonly view: NodeView;
}

/** What every program uses; the rest are pools. Declared above the columns, which are made by it. */
const SYSTEM: ReadonlySet<string> = new Set(['cpu', 'memory', 'external memory', 'descriptors']);

const COLUMNS: readonly Column<Row>[] = [
  { head: 'fibers', cell: ({ node }) => formatCount(node.fibers), keep: 10, style: 'strong', toRight: true },
  { head: 'at', cell: ({ view }) => view.name, keep: 9, cut: 2 },
  {
    head: 'called by',
    cell: ({ view }) => view.chain,
    brief: ({ view }) => view.functions,
    keep: 8,
    style: 'faint',
    cut: 1,
    legible: 24,
  },
  { head: 'T', cell: ({ timeMs }) => formatMs(timeMs ?? 0), keep: 7, toRight: true },
  { head: 'blocked', cell: ({ blockedMs }) => formatMs(blockedMs ?? 0), keep: 5, toRight: true },
  ...demandColumns('cpu', 6, formatMs),
  ...demandColumns('memory', 4, (work) => `${formatBytes(work / 1000)} s`),
  ...demandColumns('external memory', 2, (work) => `${formatBytes(work / 1000)} s`),
  ...demandColumns('descriptors', 3, (work) => `${Number((work / 1000).toPrecision(2))} s`),
];

function demandColumns(resource: string, keep: number, format: (work: number) => string): Column<Row>[] {
  const column = (
    head: string,
    kept: number,
    pick: (demand: RemainingDemand) => number,
    text: (value: number) => string,
  ): Column<Row> => ({
    head: `${printable(resource, 40)} ${head}`,
    cell: ({ demands }) => {
      const demand = demands.find((one) => one.resource === resource);
      return demand === undefined || pick(demand) === 0 ? '' : text(pick(demand));
    },
    keep: kept,
    toRight: true,
  });
  return [
    column('W', keep, ({ work }) => work, format),
    column('H', keep - 1, ({ delayMs }) => delayMs, formatMs),
    // A rate is never held, so Q is W.
    ...(resource === 'cpu' || !SYSTEM.has(resource)
      ? []
      : [column('Q', keep, ({ outstanding }) => outstanding, format)]),
  ];
}
