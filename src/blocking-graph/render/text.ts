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
  listNodes,
  viewLock,
  type NodeView,
} from './view.js';

export interface TextOptions {
  /** Columns of the terminal; what is less important gives way. Without limit unless given. */
  readonly width?: number;
  /** Whether to use ANSI colours; false unless given. */
  readonly color?: boolean;
  /** Most nodes to list; 30 unless given. */
  readonly limit?: number;
}

/**
 * The snapshot for people at a terminal: nodes by how many fibers wait there, locks and resources, warnings last. The table is
 * cut to the width, the rest is wrapped. For reading only: programs read `renderJson`.
 */
export function renderText(snapshot: Snapshot, options: TextOptions = {}): string {
  const { width = Infinity, color = false, limit = 30 } = options;
  const paint = makePaint(color);
  const titled = (title: string, facts: readonly string[]): string[] => titledLines(title, facts, width, paint);
  const lines = [
    ...titled('blocking graph', describeSize(snapshot)),
    ...titled('process', [describeProcess(snapshot)]),
    ...(snapshot.usage === null ? [] : titled('uses', describeUsage(snapshot))),
    ...nodeTable(snapshot, limit, width, paint),
    ...titled('scheduler', describeScheduler(snapshot)),
    ...schedulingLines(snapshot.scheduling, { width, paint }),
    ...snapshot.locks.flatMap((lock) => {
      const { name, available, holders, waiters } = viewLock(lock);
      return titled(
        'lock',
        [name, available, holders, waiters].filter((part) => part !== ''),
      );
    }),
    ...snapshot.warnings.flatMap((warning) =>
      wrap(printable(warning, 2000), width - 2).map((part, index) =>
        paint('alarm', (index === 0 ? '! ' : '  ') + part),
      ),
    ),
  ];
  return `${lines.map((one) => one.trimEnd()).join('\n')}\n`;
}

const COLUMNS: readonly Column<NodeView>[] = [
  { cell: ({ node }) => formatCount(node.waiting), keep: 10, style: 'strong', toRight: true },
  { cell: ({ name }) => name, keep: 9, cut: 2 },
  { cell: ({ chain }) => chain, keep: 8, style: 'faint', cut: 1, legible: 24 },
  { cell: ({ node }) => (node.ready === 0 ? '' : `${formatCount(node.ready)} ready`), keep: 6, style: 'strong' },
  { cell: ({ node }) => describeHeld(node), keep: 6, style: 'strong' },
  { cell: ({ medianWaitMs }) => duration('wait', medianWaitMs), keep: 7 },
  { cell: ({ p99WaitMs }) => duration('p99', p99WaitMs), keep: 4 },
  { cell: ({ node }) => duration('oldest', node.oldestMs), keep: 5 },
  { cell: ({ node }) => duration('run', node.run.meanMs), keep: 3 },
  { cell: ({ share }) => (share === 0 ? '' : `cpu ${formatShare(share)}`), keep: 2 },
  { cell: ({ node }) => (node.tickets === null ? '' : plural(node.tickets, 'ticket')), keep: 1 },
  { cell: ({ node }) => describeAhead(node), keep: 0 },
];

function duration(title: string, ms: number | null): string {
  return ms === null ? '' : `${title} ${formatMs(ms)}`;
}

function nodeTable(snapshot: Snapshot, limit: number, width: number, paint: Paint): string[] {
  const views = listNodes(snapshot);
  const lines = layOutTable(views.slice(0, limit), COLUMNS, { width, paint });
  const rest = views.slice(limit);
  if (rest.length > 0) {
    const fibers = rest.reduce((sum, { node }) => sum + node.fibers, 0);
    lines.push(paint('faint', `${GAP}… and ${plural(rest.length, 'more node')} with ${plural(fibers, 'fiber')}`));
  }
  return lines;
}
