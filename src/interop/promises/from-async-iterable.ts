import { expected } from '../../base/check.js';
import { BusyError, ClosedError } from '../../base/errors.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import { checkDropped } from '../../fibers/never-run.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';
import { shield } from '../../fibers/shield.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { until } from '../../fibers/until.js';
import { iteration, type Iteration } from './iteration.js';

/** The reading end of an async iterable. */
export interface AsyncPull<T> {
  /**
   * Takes the next value, or learns that there is none.
   *
   * @throws what the iterable failed with; `BusyError` while another fiber waits; `ClosedError` after or during `close`.
   * Suspends: always. If cancelled: throws; the value that was asked for goes to the next call.
   */
  next(): Operation<IteratorResult<T, undefined>>;
  /**
   * Runs `body` for each value, one after another, and closes the iterable however that ends.
   *
   * @throws as `next`; what `body` throws.
   * Suspends: always. If cancelled: throws, once the iterable is closed.
   */
  forEach(body: (value: T) => Operation<unknown> | void): Operation<void>;
  /**
   * Closes the iterable: aborts its signal, calls its `return` and waits for that. A second call has no effect.
   *
   * @throws what `return` was rejected with, unless there is a signal.
   * Suspends: while `return` is under way. If cancelled: throws at once; the iterable is closed all the same.
   */
  close(): Operation<void>;
}

/**
 * Reads an async iterable (an async generator, `on(emitter, 'event')`, the pages of some client) in straight-line code.
 * A plain call. It is closed when the current scope ends, as by leaving a `for await` loop.
 *
 * @param source the iterable, or a function that makes it from an `AbortSignal`. Only with a signal can closing stop a value
 * that is still being made, and wait for that; without one such a value is not waited for. Streams of Node and of the web need
 * no signal.
 * @throws `ArgumentError`; `MisuseError` outside of fibers.
 *
 * @example
 * const ticks = fromAsyncIterable((signal) => on(emitter, 'tick', { signal }));
 * yield* ticks.forEach(function* ([time]) {
 *   yield* store(time);
 * });
 */
export function fromAsyncIterable<T>(
  source: AsyncIterable<T> | ((signal: AbortSignal) => AsyncIterable<T>),
): AsyncPull<T> {
  const { scope } = currentFiber('fromAsyncIterable');
  const controller = typeof source === 'function' ? new AbortController() : null;
  const iterable = typeof source === 'function' ? source(controller!.signal) : source;
  if (typeof iterable?.[Symbol.asyncIterator] !== 'function') throw expected('source', 'an async iterable', iterable);
  const pull = new IteratorPull<T>(iteration(iterable), controller);
  pull.disown = ownedBy(scope, () => pull.close());
  return pull;
}

class IteratorPull<T> implements AsyncPull<T> {
  disown: () => void = () => {};
  private readonly iteration: Iteration<T>;
  private readonly controller: AbortController | null;
  /** A result that was asked for and not yet taken: still pending, or settled after its fiber was cancelled. */
  private promise: Promise<IteratorResult<T>> | null = null;
  private pending: boolean = false;
  /** The suspension of the fiber that waits for it. */
  private waiting: Suspension<unknown, IteratorPull<unknown>> | null = null;
  private finished: boolean = false;
  private closed: boolean = false;

  constructor(source: Iteration<T>, controller: AbortController | null) {
    this.iteration = source;
    this.controller = controller;
  }

  next(): Operation<IteratorResult<T, undefined>> {
    return new Suspension<IteratorResult<T, undefined>>(NEXT, this, undefined);
  }

  *forEach(body: (value: T) => Operation<unknown> | void): Operation<void> {
    try {
      for (let next = yield* this.next(); !next.done; next = yield* this.next()) {
        const work = body(next.value);
        if (work !== undefined) checkDropped(yield* inSegment(checkOperation(work, body)), body);
      }
    } finally {
      yield* shield(this.close());
    }
  }

  *close(): Operation<void> {
    if (this.closed) return;
    this.closed = true;
    this.disown();
    // Before the abort, so that the waiting fiber does not see what that makes of the promise.
    this.waiting?.fail(letGo());
    this.waiting = null;
    this.controller?.abort();
    if (this.finished) return;
    const { iterator, returnsAtOnce } = this.iteration;
    if (iterator.return === undefined) return;
    const asked = this.pending && !returnsAtOnce ? this.promise! : null;
    const returned = Promise.resolve(iterator.return());
    // Only a generator puts off a `return` until it has the value that was asked for. Others have forgotten it by then, and what
    // they took to make the value, such as a connection for the cursor of `postgres`, would be in use for ever.
    asked?.then((result) => (result.done ? result : iterator.return!())).then(ignore, ignore);
    // A generator finishes its current step before it returns, and without a signal that may take for ever.
    if (asked !== null && this.controller === null) returned.then(undefined, ignore);
    else yield* until(returned.then(ignore, this.controller === null ? undefined : ignore), 'iterator.return');
  }

  static arm(suspension: Suspension<unknown, IteratorPull<unknown>>): void {
    suspension.subject.wait(suspension);
  }

  static abort(suspension: Suspension<unknown, IteratorPull<unknown>>): void {
    suspension.subject.waiting = null;
  }

  private wait(suspension: Suspension<unknown, IteratorPull<unknown>>): void {
    if (this.closed) throw letGo();
    if (this.waiting !== null) throw new BusyError('next: another fiber waits for the iterable');
    if (this.promise === null) {
      if (this.finished) return void suspension.complete({ done: true, value: undefined });
      this.promise = this.ask();
    }
    this.waiting = suspension;
    this.promise.then(
      (result) => {
        if (suspension.complete(result.done ? { done: true, value: undefined } : result)) this.taken();
      },
      (error) => {
        if (suspension.fail(error)) this.taken();
      },
    );
  }

  /** An iterator that fails is finished, as in `for await`: it is neither asked again nor told to return. */
  private async ask(): Promise<IteratorResult<T>> {
    this.pending = true;
    try {
      const result = await this.iteration.iterator.next();
      if (typeof result !== 'object' || result === null) throw expected('next()', 'an iterator result', result);
      if (result.done) this.finished = true;
      return result;
    } catch (error) {
      this.finished = true;
      throw error;
    } finally {
      this.pending = false;
    }
  }

  private taken(): void {
    this.waiting = null;
    this.promise = null;
  }
}

function letGo(): ClosedError {
  return new ClosedError('next: the iterable was let go of');
}

function ignore(): void {}

const NEXT: SuspensionKind<IteratorPull<unknown>, undefined> = new SuspensionKind({
  label: new Label('until', 'iterator.next'),
  arm: IteratorPull.arm,
  abort: IteratorPull.abort,
});
