import { callerPlaces } from '../../base/caller-places.js';
import { placeOfBegin } from '../../fibers/drive.js';
import { BY_LOOP, current, NO_ENTRY, type EnteredBy } from '../../fibers/current.js';
import { ChainNode } from '../call-chain.js';
import type { CallPoint } from '../call-point.js';
import { placeOfSite } from './site-places.js';

/**
 * The first thing that compiled function `id` calls, to find out whether this activation is driven by a run loop, directly
 * or through `yield*` of others that are. If so, and only then, it may be suspended at inserted places; the point returned
 * goes into a local variable. Null: it is iterated as data, by for…of, `next()`, or code that was not compiled, and
 * everything inserted into it stays inert.
 *
 * The register `entry` says that a generator is about to be resumed for the first time; but that may be one that was not
 * compiled, which in turn iterates this one. So the stack is inspected once for each pair of a site and a function: the
 * frame below must be the run loop's, or be at that very `yield*`.
 */
export function enter(id: number): CallPoint | null {
  const { entry } = registers;
  if (entry === noEntry) return null;
  registers.entry = noEntry;
  const point = (registers.chain ?? UNRECORDED) as CallPoint;
  return point.callee === id ? point : otherEntry(id, point, entry);
}

/** Local aliases for speed, as in `site`. */
const registers = current;
const noEntry = NO_ENTRY;

function otherEntry(id: number, point: CallPoint, entry: EnteredBy): CallPoint | null {
  const known = point.of(id);
  if (known !== undefined) return known;
  // Not a number: the module's body has not run yet, in a cycle of imports.
  if (!(id >= 0)) return null;
  const pair = `${point.site} ${id}`;
  if (admitted.has(pair)) return point.admit(id);
  const refusals = refused.get(pair) ?? 0;
  if (refusals >= MOST_REFUSALS) return null;
  const expected = entry === BY_LOOP ? placeOfBegin() : placeOfSite(point.site);
  const [_itself, next, driver] = callerPlaces(enter, 3);
  if (expected !== null && next === null && driver === expected) {
    admitted.add(pair);
    return point.admit(id);
  }
  refused.set(pair, refusals + 1);
  return null;
}

/** Shared by all run loops: it is a property of the source. */
const admitted: Set<string> = new Set();

/** How often each pair was found not to be driven so. Bounded, since each inspection costs a microsecond. */
const refused: Map<string, number> = new Map();
const MOST_REFUSALS = 16;

/** Without recording, levels still have to be counted. */
const UNRECORDED: CallPoint = new ChainNode('fiber', null).point(0);
