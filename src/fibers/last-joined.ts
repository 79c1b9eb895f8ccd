import type { Fiber } from './fiber.js';
import { JOIN } from './join.js';
import type { Suspension } from './suspension.js';

/** The last in the row of fibers that begins with `fiber`, each of which joins the next. */
export function lastJoined(fiber: Fiber): Fiber {
  const row = new Set<Fiber>();
  let last = fiber;
  // Those that join each other never go on: it makes no difference which of them is the last.
  while (last.isWaiting && (last.suspension as Suspension).kind === JOIN && !row.has(last)) {
    row.add(last);
    last = (last.suspension as Suspension).subject as Fiber;
  }
  return last;
}
