import { callerPlace } from '../base/caller-place.js';
import { BY_LOOP, current, NO_ENTRY } from './current.js';
import type { Leaf } from './suspension.js';

/**
 * `next` of all generators. Called directly, since looking it up on each generator would be megamorphic: every
 * generator function gives its generators a prototype of their own. Results are not passed in: the leaf has them.
 */
export const resume: (this: Iterator<Leaf, unknown, unknown>) => IteratorResult<Leaf, unknown> = Object.getPrototypeOf(
  Object.getPrototypeOf((function* () {})()),
).next;

/** Resumes a segment for the first time: what it runs first may be a compiled function, which learns here who drives it. */
export function begin(segment: Iterator<Leaf, unknown, unknown>): IteratorResult<Leaf, unknown> {
  current.entry = BY_LOOP;
  return resume.call(segment);
}

/** Where in `begin` segments are resumed, as `callerPlace` sees it from a function that they call. */
export function placeOfBegin(): string | null {
  return (place ??= findPlace());
}

let place: string | null = null;

function findPlace(): string | null {
  function* probe(): Generator<never, string | null> {
    return seen();
  }
  // The frames between: the probe itself, and `next`.
  function seen(): string | null {
    return callerPlace(seen, 2);
  }
  const { value } = begin(probe());
  current.entry = NO_ENTRY;
  return value as string | null;
}
