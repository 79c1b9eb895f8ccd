import type { Operation } from './operation.js';

/** Whether `value` can be run: it can be iterated, and is no collection of data, in which there is nothing to wait for. */
export function mayBeOperation(value: unknown): value is Operation<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const iterate = (value as Operation<unknown>)[Symbol.iterator];
  // Nearly always a generator: looking for it among the collections would cost each spawn 10 ns.
  return typeof iterate === 'function' && (iterate === ITSELF || !COLLECTIONS.has(iterate));
}

/** The method that generators inherit, with all iterators of the language: it returns the iterator itself. */
const ITSELF: unknown = [].values()[Symbol.iterator];
/** Those of collections. Subclasses inherit them, and all typed arrays and buffers share one. */
const COLLECTIONS: ReadonlySet<unknown> = new Set(
  [Array, Uint8Array, Map, Set, URLSearchParams].map(({ prototype }) => prototype[Symbol.iterator]),
);
