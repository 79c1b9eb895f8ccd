import { AsyncResource } from 'node:async_hooks';
import type { AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { entering } from './entering.js';
import { callInner, runInner } from './layers.js';

/**
 * Follows a fiber by an `AsyncResource`, the common basis of `node:async_hooks`: it captures all stores that are current when
 * it is created, and entering it triggers the hooks. That costs 10 to 20 ns a run on every version of Node, whereas
 * `AsyncLocalStorage.run` costs 200 since Node 24, where it copies a map.
 */
export class ResourceContext extends AsyncResource implements AsyncContext {
  private readonly inner: AsyncContext | null;
  /** Replaces this resource once the fiber has entered stores that it has not captured. */
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
    // Saved for a fiber of another runtime, within whose run this one may be nested.
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
/** `end` destroys it: leaving that to the collector costs some microseconds for each, if a hook listens for it. */
const MANUAL = { requireManualDestroy: true };
