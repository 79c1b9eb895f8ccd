import type { Fiber } from '../fibers/fiber.js';
import type { Suspension } from '../fibers/suspension.js';
import { MutexPool } from '../fibers/sync/mutex.js';
import { PermitPool } from '../fibers/sync/permit-pool.js';
import { ResourcePool } from '../fibers/sync/resource.js';
import { DESCRIBED, describeDeadlocks, findDeadlocks } from './deadlocks.js';
import type { GraphNode } from './graph-node.js';
import type { FiberRef, LockSnapshot, MoreLocks } from './snapshot.js';
import { waitingSince } from './waiting-since.js';

/** What a snapshot says of locks. */
interface LockReport {
  readonly locks: readonly LockSnapshot[];
  /** Undefined if all are listed. */
  readonly more: MoreLocks | undefined;
  /** One sentence for each deadlock. */
  readonly deadlocks: readonly string[];
}

/**
 * The locks that fibers wait for. A program may have one for each of a million keys: listed are those of deadlocks and, of the
 * others, the hundred for which fibers have waited longest in total. The rest is counted.
 */
export class LockSurvey {
  private readonly noted: Map<PermitPool, Noted> = new Map();

  /** `fiber` waits. */
  note(fiber: Fiber): void {
    const lock = waitsFor(fiber);
    if (!(lock instanceof PermitPool)) return;
    const noted = this.noted.get(lock) ?? this.add(lock);
    noted.waiters++;
    noted.since += waitingSince(fiber);
  }

  /**
   * Holders and waiters are both read now: waiters noted during the walk, with the holders of now, would make false deadlocks.
   *
   * @param resources are listed even if nobody waits for them, except for those without a limit, for which nobody ever does.
   */
  report(resources: Iterable<ResourcePool>, now: number): LockReport {
    for (const resource of resources) if (!this.noted.has(resource)) this.add(resource);
    const all = [...this.noted.values()].filter(({ lock }) => {
      return Number.isSafeInteger(lock.capacity) && (lock instanceof ResourcePool || lock.waiters.size > 0);
    });
    const suspects = all.filter(({ lock }) => mayBeStuck(lock)).map((noted) => toSnapshot(noted, now));
    const deadlocked = findDeadlocks(suspects).slice(0, DESCRIBED).flat();
    const isListed = new Set(deadlocked.map(({ waitsFor: { id } }) => id));
    for (const { id } of most(all, LISTED_LOCKS, (noted) => noted.waiters * now - noted.since)) isListed.add(id);
    const rest = all.filter(({ id, lock }) => !isListed.has(id) && !(lock instanceof ResourcePool));
    const left = new Set(rest);
    return {
      locks: all
        .filter((noted) => !left.has(noted))
        .map((noted) => toSnapshot(noted, now))
        .filter(isOfInterest),
      more:
        rest.length === 0
          ? undefined
          : { locks: rest.length, waiters: rest.reduce((sum, { waiters }) => sum + waiters, 0) },
      deadlocks: describeDeadlocks(suspects),
    };
  }

  private add(lock: PermitPool): Noted {
    const noted = { id: this.noted.size + 1, lock, waiters: 0, since: 0 };
    this.noted.set(lock, noted);
    return noted;
  }
}

interface Noted {
  readonly id: number;
  readonly lock: PermitPool;
  /** Fibers that were seen waiting, and the sum of the times since when. */
  waiters: number;
  since: number;
}

/** Whether all of its holders wait for locks themselves; others belong to no deadlock. */
function mayBeStuck(lock: PermitPool): boolean {
  for (const { holder } of lock.holders()) if (!(waitsFor(holder) instanceof PermitPool)) return false;
  return true;
}

function toSnapshot({ id, lock, waiters: seen }: Noted, now: number): LockSnapshot {
  const holders: Fiber[] = [];
  let held = 0;
  for (const permit of lock.holders()) if (held++ < LISTED_FIBERS) holders.push(permit.holder);
  // In order of arrival. A fiber in a `select` is left out: it may go on by another branch.
  const waiters: Fiber[] = [];
  for (const { fiber } of lock.waiters) {
    if (waiters.length === LISTED_FIBERS) break;
    if (waitsFor(fiber!) === lock) waiters.push(fiber!);
  }
  return {
    id,
    kind: lock instanceof MutexPool ? 'mutex' : lock instanceof ResourcePool ? 'resource' : 'semaphore',
    name: lock.name,
    capacity: lock.capacity,
    available: Math.max(0, lock.available),
    holders: holders.map((fiber) => refTo(fiber, now)),
    waiters: waiters.map((fiber) => refTo(fiber, now)),
    unlisted: held - holders.length + (waiters.length < LISTED_FIBERS ? 0 : Math.max(0, seen - LISTED_FIBERS)),
  };
}

/** Those who waited when they were seen may have gone on. */
function isOfInterest({ kind, waiters }: LockSnapshot): boolean {
  return kind === 'resource' || waiters.length > 0;
}

/** The `count` items with the greatest `value`, in their order; of equal ones the first. */
function most<T>(items: readonly T[], count: number, value: (item: T) => number): readonly T[] {
  if (items.length <= count) return items;
  const values = Float64Array.from(items, value);
  const least = values.slice().sort()[items.length - count]!;
  let equal = count - values.reduce((above, one) => above + (one > least ? 1 : 0), 0);
  return items.filter((_, i) => values[i]! > least || (values[i] === least && equal-- > 0));
}

function waitsFor(fiber: Fiber): unknown {
  return fiber.isWaiting ? (fiber.suspension as Suspension).subject : null;
}

function refTo(fiber: Fiber, now: number): FiberRef {
  return {
    fiber: fiber.id,
    kind: fiber.name,
    node: (fiber.node as GraphNode | null)?.id ?? null,
    sinceMs: fiber.isWaiting ? Math.max(0, now - waitingSince(fiber)) : null,
    bounded: fiber.scope.deadline < Infinity,
    ended: fiber.hasEnded,
  };
}

/** The most holders, and waiters, listed for one lock. */
const LISTED_FIBERS = 100;
const LISTED_LOCKS = 100;
