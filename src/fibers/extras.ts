import type { CancelledError } from '../base/errors.js';
import type { AsyncContext } from './async-context.js';
import type { Holding } from './holding.js';
import type { Suspension } from './suspension.js';

/** What few fibers have; kept out of the fiber, which then fits into two cache lines. */
export class Extras {
  cancellation: CancelledError | null = null;
  /** The cancellation that was last thrown into it. */
  told: CancelledError | null = null;
  locals: ReadonlyMap<object, unknown> | null = null;
  frame: Suspension | null = null;
  daemon: boolean = false;
  context: AsyncContext | null = null;
  permits: number = 0;
  holding: Holding | null = null;
}
