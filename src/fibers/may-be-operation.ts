import type { Operation } from './operation.js';

/** Whether `value` can be run: it can be iterated, and is no collection of data, which a fiber has nothing to wait for in. */
export function mayBeOperation(value: unknown): value is Operation<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const iterate = (value as Operation<unknown>)[Symbol.iterator];
  return typeof iterate === 'function' && !COLLECTIONS.has(iterate);
}

/** How they are iterated: each has its own way, which those of its subclasses and buffers share. */
const COLLECTIONS: ReadonlySet<unknown> = new Set(
  [Array, Uint8Array, Map, Set, URLSearchParams].map(({ prototype }) => prototype[Symbol.iterator]),
);
