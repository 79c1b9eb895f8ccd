import { checkFunction } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import { captureContext, type AsyncContext } from '../../fibers/async-context.js';
import { currentFiber } from '../../fibers/current.js';
import type { Leaf, Operation } from '../../fibers/operation.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';
import { iteratedByHand } from '../../fibers/suspension.js';
import { preempted, YieldNow } from '../../fibers/yield-now.js';

/**
 * Runs an operation in the context that `enter` makes: what `storage.run(store, f)`, `context.with(spanContext, f)` or
 * `namespace.run(f)` are for functions. `enter` gets a function that it calls at once; what is current then is current
 * in all of the operation, across its suspensions, and in the fibers that it spawns. Afterwards the fiber has back what it
 * had before.
 *
 * @param f makes the operation, from the arguments with which `enter` calls its function.
 * @returns what the operation returns.
 * @throws what the operation or `enter` throws; `MisuseError` if `enter` does not call its function once, at once.
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
 * The fiber goes on in `context`: it leaves its step, and the run loop takes the next one at once, without another fiber
 * between. Not a wait, and so no blocking point and no place where cancellation is thrown: it also stands in a `finally`.
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
    // One without a context may be in a step that began before anything was followed, and that none follows at once.
    const followed = fiber.context !== null;
    fiber.more().context = this.context;
    // Steps at once cost credit, as all that completes at once: a loop of them gives way now and then.
    if (followed && --fiber.loop.credit > 0) fiber.suspension = this;
    else fiber.giveWay(this);
    return this as unknown as IteratorResult<Leaf, void>;
  }
}

const ENTERED: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });
