import * as Context from 'effect/Context';
import * as Effect from 'effect/Effect';
import type * as Exit from 'effect/Exit';
import { ParentSpan } from 'effect/Tracer';
import { current, currentFiber } from '../../fibers/current.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { Leaf, Operation } from '../../fibers/operation.js';
import { usedTwice, type Suspension } from '../../fibers/suspension.js';
import { YIELD } from '../../fibers/yield-now.js';
import { expected } from '../../base/check.js';
import { contextFor } from './host.js';
import { effectWait } from './effect-wait.js';
import { thrownFor } from './cause-of.js';

/**
 * Runs an Effect in the fiber and returns its value.
 *
 * A typed failure is thrown as it is, a defect too: what `Effect.runPromise` would reject with; `causeOf` tells them
 * apart. To have failures as typed values ask Effect for them: `yield* fromEffect(Effect.result(effect))`.
 *
 * @param services what the Effect requires; see `fromScopedEffect` for how a `Layer` makes them.
 * @throws what the Effect fails with or dies of; `FiberCancelledError` if something other than the fiber interrupted it.
 * Suspends: unless the Effect runs to its end at once. The blocking point is `effect(name of its span)`. If cancelled, by a
 * deadline too: interrupts the Effect, and throws once its finalizers have run. Effect's own rule holds for what it made
 * uninterruptible: that runs to its end, and has happened, and the Effect is interrupted all the same.
 *
 * @example
 * const user = yield* fromEffect(findUser(id), services);
 */
export function fromEffect<A, E>(effect: Effect.Effect<A, E>): Operation<A>;
export function fromEffect<A, E, R>(effect: Effect.Effect<A, E, R>, services: Context.Context<R>): Operation<A>;
export function fromEffect<A, E, R>(effect: Effect.Effect<A, E, R>, services?: Context.Context<R>): Operation<A> {
  if (isSuccess(effect)) return new Value(effect.value);
  return new FromEffect<A, E, R>(effect, services);
}

/** `Exit.isExit` takes longer than all the rest. An exit that is not recognised here is run as any other Effect. */
function isSuccess<A>(effect: Effect.Effect<A, unknown, unknown>): effect is Exit.Success<A> {
  return (effect as { _tag?: unknown } | undefined)?._tag === 'Success' && EXIT in effect;
}
const EXIT = '~effect/Exit';

/**
 * An Effect that is its value already: nothing is begun, so there is nothing to keep but that. Its own iterator and its
 * own result. With a class for it V8 makes no object at all in a loop: 11 ns more than the Effect itself, and an empty
 * `yield*` is 7 of them.
 */
class Value<A> implements Operation<A> {
  readonly done = true;
  readonly value: A;

  constructor(value: A) {
    this.value = value;
  }

  [Symbol.iterator](): Iterator<Leaf, A, unknown> {
    return this as unknown as Iterator<Leaf, A, unknown>;
  }

  next(): unknown {
    const fiber = current.fiber;
    if (fiber === null || fiber.suspension !== null || fiber.interruption !== null || --fiber.scope.loop.credit <= 0)
      return mayGoOn() ?? this;
    return this;
  }
}

/** Null if the fiber may go on; else what it gives way by, after which it is asked again. */
function mayGoOn(): unknown {
  const fiber = currentFiber('fromEffect');
  // In a cancelled scope it throws, but through the run queue, as every suspension does; see `Suspension.begin`.
  if (fiber.suspension === YIELD) YIELD.next();
  else if (fiber.suspension !== null || fiber.interruption !== null || fiber.loop.credit <= 0) return YIELD.next();
  return null;
}

/**
 * Begins the Effect, and waits for it only if that did not end it. A class like `Suspension`, to which it hands over, and
 * no `attempt` of one: an attempt may not leave anything begun behind.
 */
class FromEffect<A, E, R> implements Operation<A> {
  /** IteratorResult. */
  done: boolean = false;
  value: A | undefined = undefined;
  private readonly effect: Effect.Effect<A, E, R>;
  private readonly services: Context.Context<R> | undefined;
  private wait: Suspension<A> | null = null;

  constructor(effect: Effect.Effect<A, E, R>, services: Context.Context<R> | undefined) {
    if (!Effect.isEffect(effect)) throw expected('effect', 'an Effect (of version 4)', effect);
    if (services !== undefined && !Context.isContext(services)) throw expected('services', 'a Context', services);
    this.effect = effect;
    this.services = services;
  }

  [Symbol.iterator](): Iterator<Leaf, A, unknown> {
    if (this.done || this.wait !== null) throw usedTwice('effect');
    return this as unknown as Iterator<Leaf, A, unknown>;
  }

  next(): unknown {
    if (this.wait !== null) return this.wait.next();
    const fiber = currentFiber('fromEffect');
    fiber.loop.credit--;
    const pause = mayGoOn();
    if (pause !== null) return pause;
    return this.begin(fiber);
  }

  private begin(fiber: Fiber): unknown {
    const context = contextFor(fiber, this.services);
    const running = Effect.runForkWith(context)(this.effect);
    const exit = running.pollUnsafe();
    if (exit === undefined) {
      // What it has done so far may have cancelled this very fiber.
      const stopping = fiber.interruption !== null;
      if (stopping) running.interruptUnsafe();
      this.wait = effectWait(running, Context.getOrUndefined(context, ParentSpan), stopping);
      return this.wait.next();
    }
    this.done = true;
    if (exit._tag === 'Failure') throw thrownFor(exit.cause);
    this.value = exit.value;
    return this;
  }
}
