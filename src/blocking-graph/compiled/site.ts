import { BY_SITE, current, NO_ENTRY } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { inSegment } from '../../fibers/segment.js';
import type { CallPoint } from '../call-point.js';
import { noteSite } from './site-places.js';
import { sliceWatch } from './slice-watch.js';

/**
 * Call site `yield* operand`, the `index`-th point of a compiled function, in an activation at `point`: notes where the
 * fiber goes, and returns what is to be delegated to. That is the operand, except at a checkpoint (Capriccio, section 3.2), where a generator may get a
 * segment of its own. Capriccio placed checkpoints by analysis, since testing the depth was dear; here it is known for
 * each point, so the test costs nothing.
 *
 * There is no counterpart for leaving: the caller's next site sets the register from the caller's own point, which is
 * exact also after exceptions.
 */
export function site<T>(index: number, point: CallPoint | null, operand: T): T {
  if (point === null) return operand;
  const next = point.next[index];
  if (next === undefined) return follow(index, point, operand);
  // In a loop it is there already. A store of a pointer tells the collector of it, a comparison does not.
  if (registers.chain !== next) registers.chain = next;
  registers.entry = bySite;
  return operand;
}

/** Names of our own: V8 loads and checks an import at each use, and puts a module's own constants into the code. */
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
 * Every `LEVELS` calls. A segment makes each later resume cheaper, and costs about as much as one; so calls in which
 * no fiber has ever suspended, once enough of them went by, get one only where the native stack calls for it, or where
 * the slice is over: the run loop then takes the occasion to let others run.
 */
function passCheckpoint<T>(index: number, point: CallPoint, operand: T): T {
  // Somebody iterates by hand what a fiber began.
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

/** How many levels of `yield*` a segment has; see `docs/rationale.md` for how both were chosen. */
const LEVELS = 7;
const MOST_LEVELS = 63;
