import { checkFunction, checkOptions } from '../../base/check.js';
import { Deque } from '../../base/deque.js';
import { Feed, type Producer } from '../../fibers/feed.js';
import { isCancellation } from '../../fibers/is-cancellation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';

/**
 * Makes an async iterable that a fiber feeds, for `for await` and for libraries that take one. A plain call. The fiber is
 * started by the first `next`, makes one value for each, and is cancelled when the consumer leaves the loop, which
 * then waits until it has ended. It runs once: iterating again goes on where the first left off.
 *
 * What the producer throws is thrown in the consumer's loop; if its scope is cancelled, `CancelledError` is. The scope does
 * not end before the fiber, so an iterable that was begun has to be read to its end or left.
 *
 * @param options.scope which scope the fiber belongs to; the current one unless given.
 * @throws `MisuseError` outside of fibers without `scope`.
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
  checkOptions(options);
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
  /** Calls of `next` that wait; a consumer may make several before the first is answered. */
  private readonly askers: Deque<Asker<T>> = new Deque();
  private finished: boolean = false;
  /** What the producer threw while nobody asked. */
  private failure: { readonly thrown: unknown } | null = null;
  private readonly leavers: (() => void)[] = [];
  /** The fiber runs. */
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
    // Its `finally` blocks have run when the loop is over.
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

  /** There is nothing more for those who asked. */
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
