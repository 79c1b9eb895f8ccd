import { expected } from '../base/check.js';
import type { FiberRef, LockSnapshot } from './snapshot.js';

/** A fiber of a deadlock, and the lock it waits for, which others of the same deadlock hold. */
export interface StuckFiber {
  readonly fiber: FiberRef;
  readonly waitsFor: LockSnapshot;
}

/**
 * Finds fibers that wait for each other for ever: a list for each deadlock, in which a fiber is followed, where possible, by
 * one that holds what it waits for.
 *
 * With semaphores a cycle proves nothing, since one holder outside of it is enough to go on. What does is a *knot*
 * (Holt, "Some deadlock properties of computer systems", 1972): a set of waiting fibers such that every holder of
 * every lock they wait for is in the set. The largest such set is what remains after repeatedly striking out
 * fibers that wait for a lock with a holder outside of it. Of that set, fibers that hold nothing another one waits for are
 * victims and not culprits: they are struck out in the same way. The connected components of the rest are the deadlocks.
 *
 * Takes time in proportion to the listed pairs of a waiter and a holder. A lock whose holders are not all listed is taken
 * to have a free one. So there are no false alarms, provided that only the fiber that acquired a lock releases it and nobody
 * cancels one of the fibers. A deadline may still do so (`bounded`): it is a deadlock until then.
 *
 * @throws ArgumentError if `locks` is not the `locks` of a snapshot.
 */
export function findDeadlocks(locks: readonly LockSnapshot[]): readonly (readonly StuckFiber[])[] {
  if (!Array.isArray(locks) || !locks.every((lock: LockSnapshot | null) => Array.isArray(lock?.holders)))
    throw expected('locks', 'the `locks` of a snapshot', locks);
  const knot = new Map<string, StuckFiber>();
  for (const lock of locks.filter(holdersAreKnown))
    for (const fiber of lock.waiters) knot.set(keyOf(lock, fiber), { fiber, waitsFor: lock });
  const holdersFor = ({ waitsFor }: StuckFiber): string[] => waitsFor.holders.map((holder) => keyOf(waitsFor, holder));

  strikeOut(knot, invert(knot, holdersFor), (stuck) => holdersFor(stuck).every((holder) => knot.has(holder)));
  const waitersFor = invert(knot, holdersFor);
  strikeOut(
    knot,
    new Map([...knot].map(([key, stuck]) => [key, holdersFor(stuck)])),
    (_, key) => waitersFor.get(key)?.some((waiter) => knot.has(waiter)) ?? false,
  );
  return components(knot, holdersFor, waitersFor);
}

/**
 * One sentence for each deadlock, which says so if a deadline is going to end it; of more than twenty one for the rest.
 *
 * @throws ArgumentError if `locks` is not the `locks` of a snapshot.
 */
export function describeDeadlocks(locks: readonly LockSnapshot[]): string[] {
  const deadlocks = findDeadlocks(locks);
  const sentences = deadlocks.slice(0, DESCRIBED).map((fibers) => {
    const clauses = fibers.slice(0, NAMED).map(({ fiber, waitsFor }, index) => {
      const held = locks.find(
        (lock) =>
          processOf(lock) === processOf(waitsFor) &&
          fibers.some((other) => other.waitsFor === lock) &&
          holds(lock, fiber),
      );
      const beginning = index === 0 && held !== undefined ? `holds ${lockName(held)} and waits` : 'waits';
      return `${fiberName(fiber)} ${beginning} for ${lockName(waitsFor)}, which ${holderNames(fiber, waitsFor)}`;
    });
    if (fibers.length > NAMED) clauses.push(`and so on, ${fibers.length} fibers in all`);
    const ends = fibers.some(({ fiber }) => fiber.bounded);
    return `deadlock${ends ? ' until a deadline passes' : ''}: ${clauses.join('; ')}`;
  });
  const rest = deadlocks.length - DESCRIBED;
  return rest <= 0 ? sentences : [...sentences, `deadlock: and ${rest} more of them`];
}

/** The most deadlocks that are told apart: where locks are taken in the wrong order again and again, all are alike. */
export const DESCRIBED = 20;

/** The most fibers that one sentence names. */
const NAMED = 8;

export function lockName({ kind, name, id }: LockSnapshot): string {
  return name === null ? `${kind} ${id}` : `${kind} \`${name}\``;
}

export function fiberName({ fiber, kind }: FiberRef): string {
  return `fiber ${fiber} (${kind})`;
}

function holderNames(fiber: FiberRef, { holders }: LockSnapshot): string {
  const others = holders.filter((holder) => holder.fiber !== fiber.fiber);
  if (others.length === 0) return 'it holds itself';
  const all = [...new Set(others.map(fiberName))];
  const names = all.slice(0, NAMED);
  if (others.length < holders.length) names.push('it itself');
  if (all.length > NAMED) names.push(`${all.length - NAMED} more`);
  if (names.length === 1) return `${names[0]} holds`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} hold`;
}

/**
 * Whether every fiber that could release the lock is listed. Free permits do not matter: the first waiter wants more than
 * are free, and nobody overtakes it.
 */
function holdersAreKnown({ capacity, holders, unlisted }: LockSnapshot): boolean {
  return holders.length > 0 && (unlisted === 0 || holders.length >= capacity);
}

function holds(lock: LockSnapshot, fiber: FiberRef): boolean {
  return lock.holders.some((holder) => holder.fiber === fiber.fiber);
}

/** Fiber numbers are unique only within a process. */
function keyOf(lock: LockSnapshot, { fiber }: FiberRef): string {
  return `${processOf(lock)}/${fiber}`;
}

/** Identifies the lock's process, as `add` has marked it. */
function processOf({ pid = 0, part = 0 }: LockSnapshot): string {
  return `${part}/${pid}`;
}

function invert(
  fibers: ReadonlyMap<string, StuckFiber>,
  targetsOf: (stuck: StuckFiber) => string[],
): Map<string, string[]> {
  const inverse = new Map<string, string[]>();
  for (const [key, stuck] of fibers) {
    for (const target of targetsOf(stuck)) {
      const sources = inverse.get(target);
      if (sources === undefined) inverse.set(target, [key]);
      else sources.push(key);
    }
  }
  return inverse;
}

/** Deletes all that do not belong; each deletion causes those listed for it in `affected` to be checked again. */
function strikeOut(
  fibers: Map<string, StuckFiber>,
  affected: ReadonlyMap<string, readonly string[]>,
  belongs: (stuck: StuckFiber, key: string) => boolean,
): void {
  const pending = [...fibers.keys()];
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    const stuck = fibers.get(key);
    if (stuck === undefined || belongs(stuck, key)) continue;
    fibers.delete(key);
    for (const next of affected.get(key) ?? []) pending.push(next);
  }
}

/** Connected components of the waits-for graph, walked so that a fiber is followed, where possible, by a holder of its lock. */
function components(
  fibers: ReadonlyMap<string, StuckFiber>,
  holdersFor: (stuck: StuckFiber) => string[],
  waitersFor: ReadonlyMap<string, readonly string[]>,
): StuckFiber[][] {
  const seen = new Set<string>();
  return [...fibers.keys()].flatMap((start) => {
    const found: StuckFiber[] = [];
    const pending = [start];
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      const stuck = fibers.get(key);
      if (stuck === undefined || seen.has(key)) continue;
      seen.add(key);
      found.push(stuck);
      for (const next of waitersFor.get(key) ?? []) pending.push(next);
      for (const next of holdersFor(stuck).reverse()) pending.push(next);
    }
    return found.length === 0 ? [] : [found];
  });
}
