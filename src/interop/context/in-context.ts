import { checkFunction } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import { captureContext, type AsyncContext } from '../../fibers/async-context.js';
import { currentFiber } from '../../fibers/current.js';
import type { Leaf, Operation } from '../../fibers/operation.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';
import { iteratedByHand } from '../../fibers/suspension.js';
import { preempted, YieldNow } from '../../fibers/yield-now.js';

/**
 * Runs an operation in the async context that `enter` sets up: what `storage.run(store, f)`, `context.with(spanContext, f)` or
 * `namespace.run(f)` do for a function. `enter` is given a function, which it has to call synchronously; the context of that
 * call holds throughout the operation, across its suspensions, and in the fibers that it spawns. Afterwards the fiber has
 * its previous context again.
 *
 * @param f makes the operation, from the arguments with which `enter` calls its function.
 * @returns what the operation returns.
 * @throws what the operation or `enter` throws; `MisuseError` unless `enter` calls its function exactly once, synchronously;
 * `ArgumentError`.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * yield* inContext((body) => requests.run({ id }, body), () => handle(request));
 */
export function inContext<A extends readonly unknown[], T>(
  enter: (body: (...args: A) => void) => unknown,
  f: (...args: A) => Operation<T>,
): Operation<T> {
  checkFunction('enter', enter);
  checkFunction('f', f);
  return within(enter, f);
}

function* within<A extends readonly unknown[], T>(
  enter: (body: (...args: A) => void) => unknown,
  f: (...args: A) => Operation<T>,
): Operation<T> {
  const { operation, context } = begun(enter, f);
  const outer = currentFiber('inContext').context;
  yield* new Enter(context);
  try {
    return yield* inSegment(operation);
  } finally {
    yield* new Enter(outer);
    context.end();
  }
}

interface Begun<T> {
  readonly operation: Operation<T>;
  readonly context: AsyncContext;
}

function begun<A extends readonly unknown[], T>(
  enter: (body: (...args: A) => void) => unknown,
  f: (...args: A) => Operation<T>,
): Begun<T> {
  let result: Begun<T> | null = null;
  enter((...args) => {
    if (result !== null) throw new MisuseError('`enter` of `inContext` has called its function twice');
    const operation = checkOperation(f(...args), f);
    result = { operation, context: captureContext()! };
  });
  // TypeScript does not see that `enter` may have called it.
  const found = result as Begun<T> | null;
  if (found !== null) return found;
  throw new MisuseError('`enter` of `inContext` has to call the function that it is given, before it returns');
}

/**
 * Continues the fiber in `context`: ends its step, and the run loop begins the next one at once, without running another fiber
 * in between. It is not a wait, and so neither a blocking point nor a place where cancellation is thrown, since it is also
 * used in a `finally`.
 */
class Enter extends YieldNow {
  private readonly context: AsyncContext | null;

  constructor(context: AsyncContext | null) {
    super(preempted.label);
    this.context = context;
  }

  override next(): IteratorResult<Leaf, void> {
    const fiber = currentFiber('inContext');
    if (fiber.suspension === this) {
      fiber.suspension = null;
      return ENTERED;
    }
    if (fiber.suspension !== null) throw iteratedByHand(fiber.suspension);
    // A fiber without a context may be in a step begun before any fiber was followed: the run loop then begins no other at once.
    const followed = fiber.context !== null;
    fiber.more().context = this.context;
    // Costs credit, as everything does that completes at once, so that a loop of it gives way now and then.
    if (followed && --fiber.loop.credit > 0) fiber.suspension = this;
    else fiber.giveWay(this);
    return this as unknown as IteratorResult<Leaf, void>;
  }
}

const ENTERED: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });
