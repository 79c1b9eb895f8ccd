import { greatest } from '../../base/greatest.js';
import type { Snapshot } from '../snapshot.js';
import { GAP, layOutTable, type Column } from './text-table.js';
import { makePaint, type Paint } from './paint.js';
import { schedulingLines } from './scheduling-text.js';
import { titledLines, wrap } from './titled-lines.js';
import { formatCount, formatMs, formatShare, plural, printable } from './format.js';
import {
  describeAhead,
  describeHeld,
  describeProcess,
  describeUsage,
  describeScheduler,
  describeSize,
  listGroups,
  viewLocks,
  type GroupView,
  type NodeView,
} from './view.js';
import type { Order } from '../wait-groups.js';

export interface TextOptions {
  /** Columns of the terminal: less important parts are dropped or cut to fit. Unlimited unless given. */
  readonly width?: number;
  /** Whether to use ANSI colours; false unless given. */
  readonly color?: boolean;
  /** The most lines of nodes, and of locks; 30 unless given. */
  readonly limit?: number;
  /** The order of the nodes: by waiting fibers unless given. */
  readonly by?: Order;
}

/**
 * The snapshot for people at a terminal: what is waited for, by how many fibers, and in which places; locks with waiters,
 * and their holders; resources; warnings last. The table is cut to the width, the rest is wrapped. The form may change:
 * programs read `renderJson`.
 */
export function renderText(snapshot: Snapshot, options: TextOptions = {}): string {
  const { width = Infinity, color = false, limit = 30, by = 'waiting' } = options;
  const paint = makePaint(color);
  const titled = (title: string, facts: readonly string[]): string[] => titledLines(title, facts, width, paint);
  const { locks, rest } = viewLocks(snapshot, limit);
  const lines = [
    ...titled('blocking graph', describeSize(snapshot)),
    ...titled('process', [describeProcess(snapshot)]),
    ...(snapshot.usage === null ? [] : titled('uses', describeUsage(snapshot))),
    ...nodeTable(listGroups(snapshot, by), limit, width, paint),
    ...locks.flatMap(({ kind, name, available, waiters, holders }) =>
      titled(
        kind === 'resource' ? kind : 'lock',
        [kind === 'resource' ? name : `${kind} ${name}`, available, waiters, holders].filter((part) => part !== ''),
      ),
    ),
    ...(rest === '' ? [] : titled('lock', [rest])),
    ...titled('scheduler', describeScheduler(snapshot)),
    ...schedulingLines(snapshot.scheduling, { width, paint }),
    ...snapshot.warnings.flatMap((warning) =>
      wrap(printable(warning, 2000), width - 2).map((part, index) =>
        paint('alarm', (index === 0 ? '! ' : '  ') + part),
      ),
    ),
  ];
  return `${lines.map((one) => one.trimEnd()).join('\n')}\n`;
}

/** What is waited for, or one of the places that wait for it. */
interface Row extends NodeView {
  /** For a place, listed below what it waits for: `├ 112`. Null for the latter. */
  readonly branch: string | null;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    cell: ({ node, branch }) => (branch === null ? formatCount(node.waiting) : ''),
    keep: 10,
    style: 'strong',
    toRight: true,
  },
  { cell: ({ name, branch }) => branch ?? name, keep: 9, cut: 2 },
  { cell: ({ chain }) => chain, brief: ({ functions }) => functions, keep: 8, style: 'faint', cut: 1, legible: 24 },
  { cell: ({ node }) => (node.ready === 0 ? '' : `${formatCount(node.ready)} ready`), keep: 6, style: 'strong' },
  { cell: ({ node }) => describeHeld(node), keep: 6, style: 'strong' },
  { cell: ({ medianWaitMs }) => duration('wait', medianWaitMs), keep: 5 },
  { cell: ({ p99WaitMs }) => duration('p99', p99WaitMs), keep: 4 },
  { cell: ({ node }) => duration('oldest', node.oldestMs), keep: 7 },
  { cell: ({ node }) => duration('run', node.run.meanMs), keep: 3 },
  { cell: ({ share }) => (share === 0 ? '' : `cpu ${formatShare(share)}`), keep: 2 },
  { cell: ({ node }) => (node.tickets === null ? '' : plural(node.tickets, 'ticket')), keep: 1 },
  { cell: ({ node }) => describeAhead(node), keep: 0 },
];

function duration(title: string, ms: number | null): string {
  return ms === null ? '' : `${title} ${formatMs(ms)}`;
}

function nodeTable(groups: readonly GroupView[], limit: number, width: number, paint: Paint): string[] {
  // Groups with fibers get a line each; places get half of the remaining lines.
  const occupied = groups.filter(({ whole }) => whole.node.fibers > 0).length;
  let room = Math.max(0, limit - groups.length, Math.floor((limit - occupied) / 2));
  const rows: Row[] = [];
  let listed = 0;
  for (const { whole, places } of groups) {
    if (rows.length >= limit) break;
    rows.push({ ...whole, branch: null });
    listed++;
    if (places.length === 1 || whole.node.fibers === 0) continue;
    const shown = branches(places, Math.min(places.length, Math.ceil(limit / 5), room, limit - rows.length));
    room -= shown.length;
    for (const row of shown) rows.push(row);
  }
  const lines = layOutTable(rows, COLUMNS, { width, paint });
  const rest = groups.slice(listed).flatMap(({ places }) => places);
  if (rest.length > 0) {
    const fibers = rest.reduce((sum, { node }) => sum + node.fibers, 0);
    lines.push(paint('faint', `${GAP}… and ${plural(rest.length, 'more node')} with ${plural(fibers, 'fiber')}`));
  }
  return lines;
}

function branches(places: readonly NodeView[], shown: number): Row[] {
  const counts = places.slice(0, shown).map(({ node }) => formatCount(node.waiting));
  const size = greatest(
    counts.map((count) => count.length),
    0,
  );
  return counts.map((count, index) => {
    const twig = index < places.length - 1 ? '├' : '└';
    return { ...places[index]!, branch: `${twig} ${count.padStart(size)}` };
  });
}
