import { current } from './current.js';
import type { Fiber } from './fiber.js';

/** Calls `f` as if `fiber` were the one that runs: what starts in there is its child, whoever does run; nobody's if null. */
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
