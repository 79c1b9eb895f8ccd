import { checkFunction } from '../../base/check.js';
import { Deque } from '../../base/deque.js';
import { checkKnown } from '../../base/known-options.js';
import { Feed, type Producer } from '../../fibers/feed.js';
import { isCancellation } from '../../fibers/is-cancellation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';

/**
 * Makes an async iterable that is fed by a fiber, for `for await` and for libraries that take one. A plain call. The fiber is
 * started by the first `next` and produces one value for each `next`. Leaving the loop cancels it, and waits until it has
 * ended. There is one fiber: iterating again continues where the first iteration stopped.
 *
 * What the producer throws is thrown in the consumer's loop; `CancelledError` if its scope is cancelled. The scope waits for
 * the fiber, so an iterable that was begun has to be read to its end or left.
 *
 * @param options.scope the scope that owns the fiber; the innermost one of the current fiber unless given.
 * @throws `MisuseError` outside of fibers without `scope`; `ArgumentError`.
 *
 * @example
 * const rows = toAsyncIterable<Row>((push) => cursor.forEach(push));
 * yield* until(pipeline(rows, toCsv, file));
 */
export function toAsyncIterable<T>(
  producer: Producer<T>,
  options: { readonly scope?: ScopeHandle } = {},
): AsyncIterableIterator<T, void, void> & AsyncDisposable {
  checkFunction('producer', producer);
  checkKnown('toAsyncIterable', options, { scope: true });
  return new FedIterator<T>(ownerOf('toAsyncIterable', options.scope), producer);
}

type Result<T> = IteratorResult<T, void>;

interface Asker<T> {
  readonly resolve: (result: Result<T>) => void;
  readonly reject: (error: unknown) => void;
}

class FedIterator<T> implements AsyncIterableIterator<T, void, void>, AsyncDisposable {
  private readonly scope: ScopeHandle;
  private readonly producer: Producer<T>;
  private feed: Feed<T> | null = null;
  /** Pending calls of `next`: a consumer may make several before the first is answered. */
  private readonly askers: Deque<Asker<T>> = new Deque();
  private finished: boolean = false;
  /** What the producer threw while no `next` was pending. */
  private failure: { readonly thrown: unknown } | null = null;
  private readonly leavers: (() => void)[] = [];
  /** Whether the fiber has started and not ended. */
  private running: boolean = false;

  constructor(scope: ScopeHandle, producer: Producer<T>) {
    this.scope = scope;
    this.producer = producer;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result<T>> {
    if (this.finished) return this.outcome();
    return new Promise((resolve, reject) => {
      this.feed ??= this.start();
      this.askers.pushBack({ resolve, reject });
      this.feed.demand();
    });
  }

  async return(): Promise<Result<T>> {
    this.finish();
    this.feed?.stop();
    // So that its `finally` blocks have run when the loop is left.
    if (this.running) await new Promise<void>((resolve) => this.leavers.push(resolve));
    return this.outcome();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private start(): Feed<T> {
    const feed = new Feed<T>(this.scope, this.producer, {
      push: (value) => {
        this.askers.popFront()!.resolve({ done: false, value });
        return this.askers.size > 0;
      },
      end: () => this.finish(),
      fail: (error) => {
        const asker = this.askers.popFront();
        if (asker === undefined) this.failure = { thrown: error };
        else asker.reject(error);
        this.finish();
        return !isCancellation(error);
      },
      over: () => {
        this.running = false;
        for (const leave of this.leavers.splice(0)) leave();
      },
    });
    this.running = true;
    return feed;
  }

  /** Ends the iteration: pending calls of `next` are told that it is done. */
  private finish(): void {
    this.finished = true;
    for (let asker = this.askers.popFront(); asker !== undefined; asker = this.askers.popFront())
      asker.resolve({ done: true, value: undefined });
  }

  private outcome(): Promise<Result<T>> {
    const { failure } = this;
    this.failure = null;
    return failure === null ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure.thrown);
  }
}
