import { current } from './current.js';
import type { Fiber } from './fiber.js';
import type { RunLoop } from './run-loop.js';

/**
 * Port: what surrounds the runs of a fiber besides its own locals, such as the stores of `AsyncLocalStorage`. Every fiber has
 * its own, captured when it is spawned, so that children begin with what was current at `spawn`.
 */
export interface AsyncContext {
  /** Has `loop` step the fiber in it, and keeps what the fiber changes in it for the next run. */
  run(loop: RunLoop, fiber: Fiber): void;
  /** Calls `f` in it, from outside its fiber. */
  call(f: () => void): void;
  /** Nothing will run in it any more. */
  end(): void;
}

/**
 * Captures contexts; null until a door of `interop/` that follows fibers is imported. Module state, since async context belongs
 * to the process; programs without such a door pay one null check a run.
 */
export const asyncContext: { capture: (() => AsyncContext) | null } = { capture: null };

/** The current context, for what will be begun later by others; null where none is followed. */
export function captureContext(): AsyncContext | null {
  return asyncContext.capture === null ? null : asyncContext.capture();
}

/** Calls what `fiber` has registered for its cancellation, in its context: the code that cancels it runs in another. */
export function callAs(fiber: Fiber, f: () => void): void {
  const { context } = fiber;
  if (context === null || current.fiber === fiber) f();
  else context.call(f);
}
