import { AsyncResource } from 'node:async_hooks';
import type { AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { entering } from './entering.js';
import { callInner, runInner } from './layers.js';

/**
 * Follows by an `AsyncResource` for each fiber, which all of `node:async_hooks` agrees on: it remembers every store that
 * was current when it was made, and running something in it tells the hooks. That costs 10 to 20 ns a run on every
 * version of Node, where `AsyncLocalStorage.run` costs 200 from Node 24 on, which copies a map.
 */
export class ResourceContext extends AsyncResource implements AsyncContext {
  private readonly inner: AsyncContext | null;
  /** In place of itself, once the fiber has entered stores that it does not remember. */
  private later: AsyncResource | null = null;

  constructor(inner: AsyncContext | null) {
    super(TYPE, MANUAL);
    this.inner = inner;
  }

  run(loop: RunLoop, fiber: Fiber): void {
    const resource = this.later ?? this;
    resource.runInAsyncScope(this.drive, this, loop, fiber);
    if (fiber.hasEnded) this.end();
  }

  call(f: () => void): void {
    (this.later ?? this).runInAsyncScope(callInner, null, this.inner, f);
  }

  end(): void {
    this.later?.emitDestroy();
    this.emitDestroy();
  }

  private drive(loop: RunLoop, fiber: Fiber): void {
    // Kept for the fiber of another runtime that this may be inside of.
    const { entered } = entering;
    entering.entered = false;
    runInner(this.inner, loop, fiber);
    if (entering.entered) {
      this.later?.emitDestroy();
      this.later = new AsyncResource(TYPE, MANUAL);
    }
    entering.entered = entered;
  }
}

const TYPE = 'heddle.fiber';
/** Its end is known: to have the collector find it costs some microseconds for each, where a hook wants to hear of it. */
const MANUAL = { requireManualDestroy: true };
