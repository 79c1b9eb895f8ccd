import { current } from './current.js';
import type { Fiber } from './fiber.js';

/** Calls `f` as if `fiber` were running: fibers started in `f` are its children. With null, as from a plain callback. */
export function asFiber<T>(fiber: Fiber | null, f: () => T): T {
  const running = current.fiber;
  const { chain } = current;
  if (running !== fiber) {
    current.fiber = fiber;
    current.chain = fiber === null ? null : fiber.chain;
  }
  try {
    return f();
  } finally {
    current.fiber = running;
    current.chain = chain;
  }
}
