import { BY_SITE, current, NO_ENTRY } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { inSegment } from '../../fibers/segment.js';
import type { CallPoint } from '../call-point.js';
import { noteSite } from './site-places.js';
import { sliceWatch } from './slice-watch.js';

/**
 * Wraps the operand of a call site `yield* operand`, the `index`-th point of a compiled function, in an activation at `point`:
 * notes where the fiber goes, and returns what to delegate to. That is the operand, except at a checkpoint (Capriccio,
 * section 3.2), where a generator may get a segment of its own. Capriccio placed checkpoints by static analysis, since
 * testing the depth was expensive; here each point knows its level, so the test costs nothing.
 *
 * There is no counterpart for leaving: the caller's next site sets the register from the caller's own point, which is
 * exact after exceptions too.
 */
export function site<T>(index: number, point: CallPoint | null, operand: T): T {
  if (point === null) return operand;
  const next = point.next[index];
  if (next === undefined) return follow(index, point, operand);
  // In a loop it is already set, and a comparison is cheaper than storing a pointer, with its write barrier.
  if (registers.chain !== next) registers.chain = next;
  registers.entry = bySite;
  return operand;
}

/** Local aliases: V8 loads and checks an import at each use, but embeds a module's own constants in the code. */
const registers = current;
const bySite = BY_SITE;

function follow<T>(index: number, point: CallPoint, operand: T): T {
  const id = point.callee + index;
  const level = point.level + 1;
  if (level % LEVELS === 0) return passCheckpoint(index, point, operand);
  noteSite(id, site);
  const next = point.node.at(id).point(level, id);
  point.next[index] = next;
  current.chain = next;
  current.entry = BY_SITE;
  return operand;
}

/**
 * Reached every `LEVELS` calls. A new segment costs about as much as a resume, and makes each later resume cheaper. So where
 * many segments have ended and no fiber has ever suspended, one is linked only if the native stack gets deep, or if the slice
 * is over: linking returns to the run loop, which can then let others run.
 */
function passCheckpoint<T>(index: number, point: CallPoint, operand: T): T {
  // The generator was begun by a fiber, and is now iterated by hand.
  if (current.fiber === null) return operand;
  const id = point.callee + index;
  let linked = point.linked[index];
  if (linked === undefined) {
    noteSite(id, site);
    linked = point.linked[index] = point.node.at(id).point(0, id);
  }
  const over = sliceWatch.isOver();
  if (over) current.fiber!.loop.credit = 0;
  if (!over && point.level + 1 < MOST_LEVELS && linked.isDry) {
    current.chain = linked.node.point(point.level + 1, id);
    current.entry = BY_SITE;
    return operand;
  }
  current.chain = linked;
  current.entry = NO_ENTRY;
  return inSegment(operand as Operation<unknown>) as T;
}

/** Levels of `yield*` between checkpoints, and the most in one segment; `docs/rationale.md` says how they were chosen. */
const LEVELS = 7;
const MOST_LEVELS = 63;
