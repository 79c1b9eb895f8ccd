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
 * Typed failures and defects are thrown as they are, like what `Effect.runPromise` rejects with; `causeOf` tells them apart. For
 * failures as typed values use Effect's own means: `yield* fromEffect(Effect.result(effect))`.
 *
 * @param services what the Effect requires; see `fromScopedEffect` for how to build them from a `Layer`.
 * @throws what the Effect fails with or dies of; `FiberCancelledError` if something other than this fiber interrupted it;
 * `ArgumentError`.
 * Suspends: unless the Effect completes synchronously. The blocking point is `effect(name of its span)`. If cancelled, also by
 * a deadline: interrupts the Effect, and throws once its finalizers have run. As always in Effect, an uninterruptible region
 * runs to its end first, so its work has happened although the Effect counts as interrupted.
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

/** Avoids `Exit.isExit`, which takes longer than all the rest. An exit not recognised here is run as any other Effect. */
function isSuccess<A>(effect: Effect.Effect<A, unknown, unknown>): effect is Exit.Success<A> {
  return (effect as { _tag?: unknown } | undefined)?._tag === 'Success' && EXIT in effect;
}
const EXIT = '~effect/Exit';

/**
 * The operation for an Effect that already is a value. It is its own iterator and its own iterator result, and of a class of its
 * own, for which V8 can inline all of `yield*`.
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

/** Null if the fiber may go on; else the result by which it gives way, after which `next` is called again. */
function mayGoOn(): unknown {
  const fiber = currentFiber('fromEffect');
  // In a cancelled scope it throws, but through the run queue, as every suspension does; see `Suspension.begin`.
  if (fiber.suspension === YIELD) YIELD.next();
  else if (fiber.suspension !== null || fiber.interruption !== null || fiber.loop.credit <= 0) return YIELD.next();
  return null;
}

/**
 * Begins the Effect, and hands over to a `Suspension` only if it did not complete at once. Not done in a kind's `attempt`, since
 * an attempt that returns false must not have begun anything.
 */
class FromEffect<A, E, R> implements Operation<A> {
  /** It is its own `IteratorResult`. */
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
      // What the Effect has done so far may have cancelled this very fiber.
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
