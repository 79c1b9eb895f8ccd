import type { Snapshot } from '../snapshot.js';
import { formatCount, formatMs, formatShare, plural, printable } from './format.js';
import {
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
 * The snapshot for people at a terminal: nodes by how many fibers wait there, locks that somebody waits for, warnings
 * last. The table is cut to the width, the rest is wrapped. For reading only: programs read `renderJson`.
 */
export function renderText(snapshot: Snapshot, options: TextOptions = {}): string {
  const { width = Infinity, color = false, limit = 30 } = options;
  const paint = (style: Style | undefined, text: string): string =>
    color && style !== undefined && text !== '' ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text;
  const titled = (title: string, facts: readonly string[]): string[] =>
    wrap(facts.join(' · '), width - TITLE).map(
      (part, index) => paint('strong', (index === 0 ? title : '').padEnd(TITLE)) + part,
    );
  const lines = [
    ...titled('blocking graph', describeSize(snapshot)),
    ...titled('process', [describeProcess(snapshot)]),
    ...(snapshot.usage === null ? [] : titled('uses', describeUsage(snapshot))),
    ...table(snapshot, limit, width, paint),
    ...titled('scheduler', describeScheduler(snapshot)),
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

const TITLE = 'blocking graph  '.length;
const STYLES = { strong: '1', faint: '2', alarm: '1;31' };
type Style = keyof typeof STYLES;
type Paint = (style: Style | undefined, text: string) => string;

/** A column of the table; `keep` tells which gives way first when there is not enough room. */
interface Column {
  readonly cell: (view: NodeView) => string;
  readonly keep: number;
  readonly style?: Style;
  readonly toRight?: boolean;
}

const NAME: Column = { cell: ({ name }) => name, keep: 9 };
const CHAIN: Column = { cell: ({ chain }) => chain, keep: 8, style: 'faint' };
const COLUMNS: readonly Column[] = [
  { cell: ({ node }) => formatCount(node.waiting), keep: 10, style: 'strong', toRight: true },
  NAME,
  CHAIN,
  { cell: ({ node }) => (node.ready === 0 ? '' : `${formatCount(node.ready)} ready`), keep: 6, style: 'strong' },
  { cell: ({ medianWaitMs }) => duration('wait', medianWaitMs), keep: 7 },
  { cell: ({ p99WaitMs }) => duration('p99', p99WaitMs), keep: 4 },
  { cell: ({ node }) => duration('oldest', node.oldestMs), keep: 5 },
  { cell: ({ node }) => duration('run', node.run.meanMs), keep: 3 },
  { cell: ({ share }) => (share === 0 ? '' : `cpu ${formatShare(share)}`), keep: 2 },
  { cell: ({ node }) => (node.tickets === null ? '' : plural(node.tickets, 'ticket')), keep: 1 },
];

function duration(title: string, ms: number | null): string {
  return ms === null ? '' : `${title} ${formatMs(ms)}`;
}

function table(snapshot: Snapshot, limit: number, width: number, paint: Paint): string[] {
  const views = listNodes(snapshot);
  const listed = views.slice(0, limit);
  const columns = fit(
    COLUMNS.map((column) => ({ column, cells: listed.map(column.cell) })),
    width,
  );
  const lines = listed.map((_, row) =>
    columns
      .map(({ column, cells, size }) => {
        const text = cut(cells[row]!, size);
        return GAP + paint(column.style, column.toRight ? text.padStart(size) : text.padEnd(size));
      })
      .join(''),
  );
  const rest = views.slice(limit);
  if (rest.length > 0) {
    const fibers = rest.reduce((sum, { node }) => sum + node.fibers, 0);
    lines.push(paint('faint', `${GAP}… and ${plural(rest.length, 'more node')} with ${plural(fibers, 'fiber')}`));
  }
  return lines;
}

const GAP = '  ';

interface Filled {
  readonly column: Column;
  readonly cells: readonly string[];
}

/** Leaves out columns, then cuts the chain and the name, until the table is no wider than `width`. */
function fit(filled: readonly Filled[], width: number): (Filled & { size: number })[] {
  let columns = filled
    .map((one) => ({ ...one, size: Math.max(0, ...one.cells.map((cell) => cell.length)) }))
    .filter(({ size }) => size > 0);
  const excess = (longestChain: number): number =>
    columns.reduce(
      (sum, { column, size }) => sum + GAP.length + (column === CHAIN ? Math.min(size, longestChain) : size),
      -width,
    );
  for (let keep = 1; keep < CHAIN.keep && excess(LEGIBLE_CHAIN) > 0; keep++)
    columns = columns.filter(({ column }) => column.keep !== keep);
  for (const elastic of [CHAIN, NAME]) {
    const found = columns.find(({ column }) => column === elastic);
    if (found !== undefined)
      found.size = Math.max(Math.min(found.size, SHORTEST), found.size - Math.max(0, excess(Infinity)));
  }
  return columns;
}

/** A chain of this many characters still tells something; other columns give way before it is cut further. */
const LEGIBLE_CHAIN = 24;
const SHORTEST = 12;

/** Breaks at blanks. A word that is longer than a line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cut(text: string, size: number): string {
  return text.length <= size ? text : `${text.slice(0, Math.max(0, size - 1))}…`;
}
