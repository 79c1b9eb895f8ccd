import { current, NO_ENTRY } from '../../fibers/current.js';
import type { CallPoint } from '../call-point.js';
import { reachesRunLoop } from './site-places.js';
import { QUICK_MS, sliceWatch, SLOW_MS } from './slice-watch.js';

/**
 * A loop, the `index`-th point of a compiled function, in an activation at `point` has used up its budget of iterations:
 * returns the next one, or -1 if its slice is over and it has to give way. Loops that were found to be quick get a larger budget; one whose iterations are
 * slow comes here after each.
 */
export function pause(index: number, point: CallPoint | null): number {
  // No fiber: somebody iterates by hand what a fiber began.
  if (point === null || current.fiber === null) return NEVER;
  const loop = (point.next[index] ??= follow(index, point));
  const over = sliceWatch.isOver();
  if (sliceWatch.ran > SLOW_MS) loop.budget = Math.max(1, loop.budget >> 2);
  else if (sliceWatch.ran < QUICK_MS) loop.budget = Math.min(loop.budget * 2, MOST_ITERATIONS);
  return over ? giveWay(loop, point.level) : loop.budget;
}

function follow(index: number, { callee, node }: CallPoint): CallPoint {
  const id = callee + index;
  return node.at(id).point(0, id);
}

/**
 * `enter` looks at the stack once for each pair of site and function. To give way is rare, so it looks itself: the same
 * function may have been called as an operation before, and be iterated as data now.
 */
function giveWay(loop: CallPoint, levels: number): number {
  if (!reachesRunLoop(pause, levels)) return NEVER;
  current.chain = loop;
  current.entry = NO_ENTRY;
  return -1;
}

const MOST_ITERATIONS = 64;
const NEVER = 2 ** 30;
