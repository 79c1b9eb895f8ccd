import { describe } from '../base/check.js';
import { ClosedError, MisuseError } from '../base/errors.js';
import type { FiberHandle } from './fiber.js';
import { Label } from './label.js';
import { checkDropped } from './never-run.js';
import type { Operation } from './operation.js';
import type { ScopeHandle } from './scope.js';
import { checkOperation, inSegment } from './segment.js';
import { Suspension, SuspensionKind } from './suspension.js';
import { tellWhere } from './tell-where.js';
import { WaitList } from './wait-list.js';

/**
 * Hands a chunk to the consumer of a stream.
 *
 * @throws `ClosedError` once the consumer has gone, or the producer has returned.
 * Suspends: until the consumer wants more. If cancelled: throws; the chunk was not handed over.
 */
export type Push<T> = (chunk: T) => Operation<void>;

/** The work of the feeding fiber: pushes chunks, and ends the stream by returning. */
export type Producer<T> = (push: Push<T>) => Operation<unknown>;

/** The stream that is fed. */
export interface Sink<T> {
  /** Throws for what cannot be a chunk. */
  check?(chunk: T): void;
  /** Returns whether more is wanted at once; otherwise `demand` says when. What it throws is thrown by the producer's push. */
  push(chunk: T): boolean;
  end(): void;
  /** Breaks the stream off; returns whether its consumer sees `error`. */
  fail(error: unknown): boolean;
  /** The fiber has ended, however it did. */
  over?(): void;
}

/** A fiber that feeds a stream as fast as it is read: what `toReadable`, `toWebStream` and `toAsyncIterable` share. */
export class Feed<T> {
  private readonly sink: Sink<T>;
  private readonly fiber: FiberHandle<void>;
  private readonly pushers: WaitList = new WaitList();
  private wanted: boolean = false;
  /** Whether a chunk was handed over. */
  private begun: boolean = false;
  private over: boolean = false;

  constructor(scope: ScopeHandle, producer: Producer<T>, sink: Sink<T>) {
    this.sink = sink;
    this.fiber = scope.spawn(() => this.run(producer));
  }

  /** The consumer wants more. */
  demand(): void {
    this.wanted = true;
    while (this.wanted && this.pushers.size > 0) {
      const first = this.pushers.shift()!;
      try {
        this.hand(first.argument as T);
        first.complete(undefined);
      } catch (error) {
        first.fail(error);
      }
    }
  }

  /** The sink may call `demand` while it takes the chunk, and wants more then whatever it returns. */
  private hand(chunk: T): void {
    let more = true;
    this.wanted = false;
    this.begun = true;
    try {
      more = this.sink.push(chunk);
    } finally {
      if (more) this.wanted = true;
    }
  }

  /** The consumer wants no more, at the end of the stream or before. */
  stop(): void {
    if (this.over) return;
    this.fiber.cancel('the consumer of the stream has gone');
    this.finish();
  }

  /** A failure goes to the consumer, or if it has gone, to the scope. */
  private *run(producer: Producer<T>): Operation<void> {
    try {
      const work = producer((chunk) => new Suspension<void>(PUSH, this, chunk));
      const result = yield* inSegment(checkOperation(work, producer));
      checkDropped(result, producer);
      if (!this.begun) checkNoChunk(result);
      if (this.finish()) this.sink.end();
    } catch (error) {
      tellWhere(error);
      if (!this.finish() || !this.sink.fail(error)) throw error;
    } finally {
      this.sink.over?.();
    }
  }

  /** No more chunks. False if the consumer had gone before. */
  private finish(): boolean {
    if (this.over) return false;
    this.over = true;
    // Pushers that the cancellation has not reached: in a shield, or in fibers of other scopes.
    this.pushers.failAll(gone);
    return true;
  }

  static attempt(suspension: Suspension<unknown, Feed<unknown>, unknown>): boolean {
    const feed = suspension.subject;
    const chunk = suspension.argument;
    feed.sink.check?.(chunk);
    if (feed.over) throw gone();
    if (!feed.wanted || feed.pushers.size > 0) return false;
    feed.hand(chunk);
    return true;
  }

  static arm(suspension: Suspension<unknown, Feed<unknown>, unknown>): void {
    suspension.subject.pushers.push(suspension);
  }

  static abort(suspension: Suspension<unknown, Feed<unknown>, unknown>): void {
    suspension.subject.pushers.remove(suspension);
  }
}

/** Throws for a producer that gives its result to nobody, such as `() => request.read()`: the stream would be empty. */
function checkNoChunk(result: unknown): void {
  if (typeof result !== 'string' && !ArrayBuffer.isView(result)) return;
  throw new MisuseError(
    `The producer has pushed nothing, and returned ${describe(result)}, which nobody gets: write ` +
      '`function* (push) { yield* push(chunk); }`, with a loop around it if there are more',
  );
}

function gone(): ClosedError {
  return new ClosedError('push: the stream is over, or its consumer has gone');
}

const PUSH: SuspensionKind<Feed<unknown>, unknown, void> = new SuspensionKind({
  label: new Label('stream.write', 'push'),
  attempt: Feed.attempt,
  arm: Feed.arm,
  abort: Feed.abort,
});
