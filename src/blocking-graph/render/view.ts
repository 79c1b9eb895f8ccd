import { percentileMs } from '../../base/histogram-snapshot.js';
import { greatest } from '../../base/greatest.js';
import { fiberName } from '../deadlocks.js';
import type { EdgeSnapshot, FiberRef, LockSnapshot, NodeSnapshot, Snapshot } from '../snapshot.js';
import { comparing, groupWaits, type Order } from '../wait-groups.js';
import { formatBytes, formatCount, formatMs, formatShare, plural, printable } from './format.js';

/** A node prepared for display. All text is printable, but not yet escaped for an output format. */
export interface NodeView {
  readonly node: NodeSnapshot;
  /** `until(db.query)` */
  readonly name: string;
  /** Innermost call first: `lookup (db.ts:7:3) ← GET /item/:id`. */
  readonly chain: string;
  /** The same without source positions. */
  readonly functions: string;
  readonly medianWaitMs: number | null;
  readonly p99WaitMs: number | null;
  /** Share of the processor time of all nodes, from 0 to 1. */
  readonly share: number;
}

/** All nodes in the order of the snapshot. */
export function viewNodes(snapshot: Snapshot): NodeView[] {
  return snapshot.nodes.map(viewer(snapshot));
}

function viewer({ nodes }: Snapshot): (node: NodeSnapshot) => NodeView {
  const total = nodes.reduce((sum, node) => sum + node.run.totalMs, 0);
  return (node) => ({
    node,
    name: printable(nodeName(node)),
    chain: formatChain(node.chain),
    functions: formatChain(functionsOf(node)),
    medianWaitMs: node.wait === null ? null : percentileMs(node.wait, 50),
    p99WaitMs: node.wait === null ? null : percentileMs(node.wait, 99),
    share: total === 0 ? 0 : node.run.totalMs / total,
  });
}

/** The calls that lead to a node, outermost first, without source positions. */
export function functionsOf({ chain, places }: NodeSnapshot): string[] {
  return chain.map((call, index) => places[index]?.function ?? call);
}

/** Whether fibers start or end there: nothing waits at such a node. */
export function isTerminal({ label }: NodeSnapshot): boolean {
  return label === 'spawn' || label === 'exit';
}

function nodeName({ label, subject }: NodeSnapshot): string {
  return subject === null ? label : `${label}(${subject})`;
}

/** What is waited for, and the places that wait for it. */
export interface GroupView {
  readonly whole: NodeView;
  readonly places: readonly NodeView[];
}

/**
 * The nodes for a list, grouped by what they wait for. Start and exit nodes are left out unless there are fibers at them:
 * nothing waits there, and fibers started and ended are counted elsewhere.
 */
export function listGroups(snapshot: Snapshot, order: Order = 'waiting'): GroupView[] {
  const view = viewer(snapshot);
  const listed = snapshot.nodes.filter((node) => node.fibers > 0 || !isTerminal(node));
  return groupWaits(listed, order)
    .sort((a, b) => comparing(order)(a.node, b.node))
    .map(({ node, places }) => ({ whole: view(node), places: places.map(view) }));
}

/** `3 held by memory for 2 s`; empty if none is held. */
export function describeHeld({ held }: NodeSnapshot): string {
  if (held === null) return '';
  return `${formatCount(held.fibers)} held by ${printable(held.by, 40)} for ${formatMs(held.forMs)}`;
}

/** The predicted remaining work of a fiber there: `left 1.2 ms cpu in 45 ms`; empty if there is no prediction. */
export function describeAhead({ ahead }: NodeSnapshot): string {
  return ahead === null ? '' : `left ${formatMs(ahead.cpuMs)} cpu in ${formatMs(ahead.timeMs)}`;
}

export interface EdgeView {
  readonly edge: EdgeSnapshot;
  /** Its id in a drawing. */
  readonly id: string;
  /** In points, by the logarithm of the count, since counts differ by orders of magnitude. */
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

/** The process that the snapshot is of. */
export function describeProcess({ process }: Snapshot): string {
  const pid = process.pid === 0 ? [] : [`pid ${process.pid}`];
  return [
    printable(process.title),
    ...pid,
    `node ${printable(process.node)}`,
    `heddle ${printable(process.heddle)}`,
  ].join(' · ');
}

/** What the process uses of its limits; empty if that was not measured. */
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
  readonly kind: LockSnapshot['kind'];
  readonly name: string;
  readonly available: string;
  readonly holders: string;
  readonly waiters: string;
}

/**
 * At most `limit` locks and resources, and what there is to say of the others. First come those with the most waiters; of equals
 * those waited for longest, which stay in this order from snapshot to snapshot.
 */
export function viewLocks({ locks, moreLocks, nodes }: Snapshot, limit: number): { locks: LockView[]; rest: string } {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sorted = [...locks].sort((a, b) => waitersOf(b) - waitersOf(a) || oldestOf(b) - oldestOf(a));
  const others = sorted.slice(limit);
  const count = others.length + (moreLocks?.locks ?? 0);
  const waiting = others.reduce((sum, lock) => sum + waitersOf(lock), moreLocks?.waiters ?? 0);
  return {
    locks: sorted.slice(0, limit).map((lock) => viewLock(lock, byId)),
    rest: count === 0 ? '' : `… and ${formatCount(count)} more with ${plural(waiting, 'waiting fiber')}`,
  };
}

function viewLock(lock: LockSnapshot, nodes: ReadonlyMap<string, NodeSnapshot>): LockView {
  const { kind, capacity, available, holders, waiters } = lock;
  const waiting = waitersOf(lock);
  const oldest = oldestOf(lock);
  const since = oldest < 0 ? '' : `, for up to ${formatMs(oldest)}`;
  const first = waiters[0] === undefined ? '' : `, the first is ${printable(fiberName(waiters[0]))}`;
  return {
    kind,
    name:
      (lock.name === null ? String(lock.id) : `\`${printable(lock.name)}\``) +
      (lock.pid === undefined ? '' : ` of process ${lock.pid}`),
    available: capacity === 1 ? '' : `${formatCount(available)} of ${formatCount(capacity)} free`,
    waiters: waiting === 0 ? '' : `${plural(waiting, 'fiber')} ${waiting === 1 ? 'waits' : 'wait'}${since}${first}`,
    holders:
      holders.length === 0
        ? 'held by nobody'
        : `held by ${nameSome(holders.map((holder) => holderName(holder, nodes)))}`,
  };
}

/** For how long the one that waits longest has waited; -1 if none does. */
function oldestOf({ waiters }: LockSnapshot): number {
  return greatest(
    waiters.map(({ sinceMs }) => sinceMs ?? -1),
    -1,
  );
}

/** The number of waiters, listed or not, assuming that each holder has one permit. */
function waitersOf({ capacity, available, holders, waiters, unlisted }: LockSnapshot): number {
  const unlistedHolders = Math.max(0, capacity - available - holders.length);
  return waiters.length + Math.max(0, unlisted - unlistedHolders);
}

/** A holder and what it waits for itself, which is what all waiters ultimately wait for: for nothing any more if it has ended. */
function holderName(holder: FiberRef, nodes: ReadonlyMap<string, NodeSnapshot>): string {
  if (holder.ended) return `the ended ${fiberName(holder)}`;
  const node = holder.sinceMs === null || holder.node === null ? undefined : nodes.get(holder.node);
  if (node === undefined) return fiberName(holder);
  const calls = formatChain(functionsOf(node), 8);
  return `${fiberName(holder)} at ${nodeName(node)}${calls === '' ? '' : ` in ${calls}`}`;
}

function nameSome(names: readonly string[]): string {
  const unique = [...new Set(names)].map((name) => printable(name, 400));
  return unique.length <= NAMED + 1
    ? unique.join(', ')
    : `${unique.slice(0, NAMED).join(', ')} and ${formatCount(unique.length - NAMED)} more`;
}

/** The most fibers that one line names. */
const NAMED = 3;

/** Keeps both ends of a long chain: the inner one says what is done, the outer one on whose behalf. */
export function formatChain(chain: readonly string[], longest: number = 5): string {
  const names = chain.map((name) => printable(name, 60)).reverse();
  if (names.length > longest) names.splice(longest - 2, names.length - longest + 1, '…');
  return names.join(' ← ');
}
