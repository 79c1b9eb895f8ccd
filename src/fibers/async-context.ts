import { current } from './current.js';
import type { Fiber } from './fiber.js';
import type { RunLoop } from './run-loop.js';

/**
 * Port: what is current around the runs of a fiber beside its own locals, such as the stores of `AsyncLocalStorage`. Every
 * fiber has one of its own, made when it is spawned, so that children begin with what was current around `spawn`.
 */
export interface AsyncContext {
  /** Lets `loop` step the fiber in it, and keeps what the fiber makes current meanwhile for the next time. */
  run(loop: RunLoop, fiber: Fiber): void;
  /** Calls `f` in it, from outside of its fiber. */
  call(f: () => void): void;
  /** Nothing will run in it any more. */
  end(): void;
}

/**
 * Who makes them; null until a door of `interop/` is imported that follows fibers. Module state, since what it follows
 * is the process's too; and one null check a run is all that programs without such a door pay.
 */
export const asyncContext: { capture: (() => AsyncContext) | null } = { capture: null };

/** What is current now, for something that others will begin later; null where nothing is followed. */
export function captureContext(): AsyncContext | null {
  return asyncContext.capture === null ? null : asyncContext.capture();
}

/** Calls what `fiber` has given away to be called when it is cancelled: who cancels it runs in another context. */
export function callAs(fiber: Fiber, f: () => void): void {
  const { context } = fiber;
  if (context === null || current.fiber === fiber) f();
  else context.call(f);
}
