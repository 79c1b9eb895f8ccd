import { percentileMs } from '../../base/histogram-snapshot.js';
import { fiberName, lockName } from '../deadlocks.js';
import type { EdgeSnapshot, LockSnapshot, NodeSnapshot, Snapshot } from '../snapshot.js';
import { formatBytes, formatCount, formatMs, formatShare, plural, printable } from './format.js';

/** A node as people read about it. All text is printable, and none of it is escaped for a format. */
export interface NodeView {
  readonly node: NodeSnapshot;
  /** `until(db.query)` */
  readonly name: string;
  /** Innermost call first: `lookup ← GET /item/:id`. */
  readonly chain: string;
  readonly medianWaitMs: number | null;
  readonly p99WaitMs: number | null;
  /** Of the processor time of all nodes, from 0 to 1. */
  readonly share: number;
}

/** All nodes in the order of the snapshot. */
export function viewNodes(snapshot: Snapshot): NodeView[] {
  const total = snapshot.nodes.reduce((sum, node) => sum + node.run.totalMs, 0);
  return snapshot.nodes.map((node) => ({
    node,
    name: printable(node.subject === null ? node.label : `${node.label}(${node.subject})`),
    chain: formatChain(node.chain),
    medianWaitMs: node.wait === null ? null : percentileMs(node.wait, 50),
    p99WaitMs: node.wait === null ? null : percentileMs(node.wait, 99),
    share: total === 0 ? 0 : node.run.totalMs / total,
  }));
}

/**
 * The nodes for a list: where most fibers wait comes first, then where most came. Where fibers start and end is left
 * out unless some stand there: nobody waits at these, and their number is said elsewhere.
 */
export function listNodes(snapshot: Snapshot): NodeView[] {
  return viewNodes(snapshot)
    .filter(({ node }) => node.fibers > 0 || (node.label !== 'spawn' && node.label !== 'exit'))
    .sort(({ node: a }, { node: b }) => b.waiting - a.waiting || b.fibers - a.fibers || b.arrivals - a.arrivals);
}

/** `3 held by memory for 2 s`; empty where nobody is. */
export function describeHeld({ held }: NodeSnapshot): string {
  if (held === null) return '';
  return `${formatCount(held.fibers)} held by ${printable(held.by, 40)} for ${formatMs(held.forMs)}`;
}

/** What fibers there are still going to do: `left 1.2 ms cpu in 45 ms`; empty where nobody reckons with it. */
export function describeAhead({ ahead }: NodeSnapshot): string {
  return ahead === null ? '' : `left ${formatMs(ahead.cpuMs)} cpu in ${formatMs(ahead.timeMs)}`;
}

export interface EdgeView {
  readonly edge: EdgeSnapshot;
  /** In a drawing. */
  readonly id: string;
  /** In points. Counts differ by orders of magnitude: what is seen is the logarithm. */
  readonly width: number;
  readonly tooltip: string;
}

export function viewEdges({ edges }: Snapshot): EdgeView[] {
  const busiest = edges.reduce((most, { count }) => Math.max(most, count), 1);
  return edges.map((edge) => {
    const mean = edge.meanMs === null ? '' : `, ${formatMs(edge.meanMs)} each`;
    return {
      edge,
      id: `${edge.from}>${edge.to}`,
      width: 0.6 + 3.4 * (Math.log1p(edge.count) / Math.log1p(busiest)),
      tooltip: `${plural(edge.count, 'time')}${mean}`,
    };
  });
}

/** Whose picture it is. */
export function describeProcess({ process }: Snapshot): string {
  const pid = process.pid === 0 ? [] : [`pid ${process.pid}`];
  return [
    printable(process.title),
    ...pid,
    `node ${printable(process.node)}`,
    `heddle ${printable(process.heddle)}`,
  ].join(' · ');
}

/** What the process uses of what it has; nothing where nobody measured. */
export function describeUsage({ usage }: Snapshot): string[] {
  if (usage === null) return [];
  const { cpuMs, heapUsedBytes, heapLimitBytes, rssBytes, descriptors, descriptorLimit } = usage;
  const limit = descriptorLimit === null ? '' : ` of ${formatCount(descriptorLimit)}`;
  return [
    `cpu ${formatMs(cpuMs)}`,
    `heap ${formatBytes(heapUsedBytes)} of ${formatBytes(heapLimitBytes)}`,
    ...(rssBytes === null ? [] : [`resident ${formatBytes(rssBytes)}`]),
    ...(descriptors === null ? [] : [`descriptors ${formatCount(descriptors)}${limit}`]),
  ];
}

export function describeSize(snapshot: Snapshot): string[] {
  return [
    plural(snapshot.fibers.live, 'fiber'),
    plural(snapshot.nodes.length, 'node'),
    `${formatMs(snapshot.windowMs)} window`,
    `${plural(snapshot.lost, 'event')} lost`,
  ];
}

export function describeScheduler({ scheduler, windowMs }: Snapshot): string[] {
  const share = windowMs === 0 ? '' : ` (${formatShare(scheduler.ranMs / windowMs)} of a core)`;
  return [
    scheduler.queue,
    `${formatMs(scheduler.sliceMs)} slices`,
    plural(scheduler.passes, 'pass', 'passes'),
    plural(scheduler.batches, 'batch', 'batches'),
    `ran ${formatMs(scheduler.ranMs)}${share}`,
    scheduler.overruns === 0
      ? 'no overruns'
      : `${plural(scheduler.overruns, 'overrun')}, the longest ${formatMs(scheduler.longestMs)}`,
  ];
}

export interface LockView {
  readonly name: string;
  readonly available: string;
  readonly holders: string;
  readonly waiters: string;
}

export function viewLock(lock: LockSnapshot): LockView {
  const { capacity, available, holders, waiters, unlisted } = lock;
  const oldest = Math.max(-1, ...waiters.map((waiter) => waiter.sinceMs ?? -1));
  const since = oldest < 0 ? '' : `, for up to ${formatMs(oldest)}`;
  const beyond = unlisted === 0 ? '' : `, and ${formatCount(unlisted)} fibers that are not listed`;
  return {
    name: printable(lockName(lock)) + (lock.pid === undefined ? '' : ` of process ${lock.pid}`),
    available: capacity === 1 ? '' : `${formatCount(available)} of ${formatCount(capacity)} free`,
    holders: holders.length === 0 ? 'held by nobody' : `held by ${nameSome(holders.map(fiberName))}`,
    waiters:
      waiters.length + unlisted === 0
        ? ''
        : `${nameSome(waiters.map(fiberName))} ${waiters.length === 1 ? 'waits' : 'wait'}${since}${beyond}`,
  };
}

function nameSome(names: readonly string[]): string {
  const unique = [...new Set(names)].map((name) => printable(name));
  return unique.length <= NAMED + 1
    ? unique.join(', ')
    : `${unique.slice(0, NAMED).join(', ')} and ${unique.length - NAMED} more`;
}

/** Most fibers that a line names. */
const NAMED = 3;

/** Of a long chain, both ends: the inner one says what is done, the outer one for whom. */
export function formatChain(chain: readonly string[], longest: number = 5): string {
  const names = chain.map((name) => printable(name, 60)).reverse();
  if (names.length > longest) names.splice(longest - 2, names.length - longest + 1, '…');
  return names.join(' ← ');
}
