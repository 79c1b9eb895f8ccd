import { current, NO_ENTRY } from '../../fibers/current.js';
import type { CallPoint } from '../call-point.js';
import { reachesRunLoop } from './site-places.js';
import { QUICK_MS, sliceWatch, SLOW_MS } from './slice-watch.js';

/**
 * Called when a loop, the `index`-th point of a compiled function, in an activation at `point`, has used up its budget of
 * iterations. Returns the next budget, or -1 if the slice is over and the loop has to give way. Quick loops get larger
 * budgets; a loop with slow iterations comes here after each.
 */
export function pause(index: number, point: CallPoint | null): number {
  // No fiber: the generator was begun by a fiber, and is now iterated by hand.
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
 * Giving way is rare, so the whole stack is checked each time, where `enter` checks once for each pair of a site and a
 * function: a function that was called as an operation before may be iterated as data now.
 */
function giveWay(loop: CallPoint, levels: number): number {
  if (!reachesRunLoop(pause, levels)) return NEVER;
  current.chain = loop;
  current.entry = NO_ENTRY;
  return -1;
}

const MOST_ITERATIONS = 64;
const NEVER = 2 ** 30;
