import { callerPlaces } from '../base/caller-places.js';
import { isInstance } from '../base/is-instance.js';
import { BY_LOOP, current, NO_ENTRY } from './current.js';
import type { Leaf } from './operation.js';

type Segment = Iterator<Leaf, unknown, unknown>;
type Result = IteratorResult<Leaf, unknown>;

/**
 * `next` of all generators. Called directly, since looking it up on each generator would be megamorphic: every
 * generator function gives its generators a prototype of their own. Results are not passed in: the leaf has them.
 */
const resume: (this: Segment) => Result = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next;

/** Resumes a segment for the first time. Its first function may be a compiled one, which learns here who drives it. */
export function begin(segment: Segment): Result {
  current.entry = BY_LOOP;
  return resume.call(segment);
}

/** Resumes a segment that has begun. */
export function proceed(segment: Segment): Result {
  return resume.call(segment);
}

/** Throws at the `yield` that produced something foreign. A foreign iterator without `throw` must not hide the reason. */
export function throwInto(segment: Segment, misuse: unknown): Result {
  try {
    return segment.throw!(misuse);
  } catch (error) {
    throw isInstance(error, TypeError) && /'throw' method/.test(error.message) ? misuse : error;
  }
}

/** Where in `begin` segments are resumed, as `callerPlaces` reports it to the functions they call; null where it does not. */
export function placeOfBegin(): string | null {
  return (places ??= findPlaces()).begin;
}

/** Whether a frame at `place` is the run loop's. */
export function isRunLoop(place: string): boolean {
  places ??= findPlaces();
  return place === places.begin || place === places.proceed;
}

let places: { readonly begin: string | null; readonly proceed: string | null } | undefined;

function findPlaces(): NonNullable<typeof places> {
  const { entry } = current;
  const found = { begin: begin(probe()).value as string | null, proceed: proceed(probe()).value as string | null };
  current.entry = entry === BY_LOOP ? NO_ENTRY : entry;
  return found;
}

// oxlint-disable-next-line require-yield
function* probe(): Generator<never, string | null> {
  return placeOfDriver();
}

function placeOfDriver(): string | null {
  const [_probe, _next, driver = null] = callerPlaces(placeOfDriver, 3);
  return driver;
}
