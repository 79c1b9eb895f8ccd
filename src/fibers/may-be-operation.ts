import type { Operation } from './operation.js';

/** Whether `value` can be run: it can be iterated, and is no collection of data, which a fiber has nothing to wait for in. */
export function mayBeOperation(value: unknown): value is Operation<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const iterate = (value as Operation<unknown>)[Symbol.iterator];
  // Generators nearly always: to look for them among the collections would take 10 ns of each spawn.
  return typeof iterate === 'function' && (iterate === ITSELF || !COLLECTIONS.has(iterate));
}

/** How generators are iterated, and all iterators of the language. */
const ITSELF: unknown = [].values()[Symbol.iterator];
/** How they are iterated: each has its own way, which those of its subclasses and buffers share. */
const COLLECTIONS: ReadonlySet<unknown> = new Set(
  [Array, Uint8Array, Map, Set, URLSearchParams].map(({ prototype }) => prototype[Symbol.iterator]),
);
