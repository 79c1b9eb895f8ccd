import { callerPlaces } from '../../base/caller-places.js';
import { placeOfBegin } from '../../fibers/drive.js';
import { BY_LOOP, current, NO_ENTRY, type EnteredBy } from '../../fibers/current.js';
import { ChainNode } from '../call-chain.js';
import type { CallPoint } from '../call-point.js';
import { placeOfSite } from './site-places.js';

/**
 * The first thing that compiled function `id` does: is this activation driven by a run loop, directly or through
 * `yield*` of others that are? Then, and only then, it may be suspended at places where its source says nothing of
 * it; the point it returns goes into a local variable. Null: it is iterated as data, by for…of, `next()`, or code that
 * was not compiled, and everything inserted into it stays inert.
 *
 * The register says that somebody is about to resume a generator for the first time; but that may have been a
 * generator that was not compiled, which in turn iterates this one. So for each pair of a site and a function the
 * stack is looked at once: the frame below must be the run loop's, or stand at the very `yield*`.
 */
export function enter(id: number): CallPoint | null {
  const { entry } = registers;
  if (entry === noEntry) return null;
  registers.entry = noEntry;
  const point = (registers.chain ?? UNRECORDED) as CallPoint;
  return point.callee === id ? point : otherEntry(id, point, entry);
}

/** As in `site`. */
const registers = current;
const noEntry = NO_ENTRY;

function otherEntry(id: number, point: CallPoint, entry: EnteredBy): CallPoint | null {
  const known = point.of(id);
  if (known !== undefined) return known;
  // No number: the module's body has not run yet, in a cycle of imports.
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

/** For all run loops: what is true of the source need not be found out by each. */
const admitted: Set<string> = new Set();

/** How often a function was found to be iterated by something else: looking again and again would cost a microsecond each. */
const refused: Map<string, number> = new Map();
const MOST_REFUSALS = 16;

/** Where nothing is recorded there still are levels to count. */
const UNRECORDED: CallPoint = new ChainNode('fiber', null).point(0);
