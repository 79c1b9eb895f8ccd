import { checkFunction, checkInteger } from '../../base/check.js';
import { ChannelClosedError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { checkKnown } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import { checkDropped } from '../never-run.js';
import type { Operation } from '../operation.js';
import { Suspension } from '../suspension.js';
import { Exchange } from './exchange.js';
import { checkOperation, inSegment } from '../segment.js';

/**
 * Carries values between fibers, first in, first out: of two sends, or two receives, that do not overlap in time the earlier
 * comes first, and the values of one sender keep their order. Where they overlap, waiting fibers are served first come, first
 * served, but at a buffered channel a running fiber may overtake them.
 *
 * No value is ever lost: a cancelled send was not received, a cancelled receive took nothing.
 */
export class Channel<T> {
  readonly name: string | null;
  /** How many values it holds while nobody receives; 0 makes sender and receiver meet. */
  readonly capacity: number;
  private readonly exchange: Exchange<T>;

  constructor(capacity: number = 0, options: { name?: string } = {}) {
    checkInteger('capacity', capacity, 0, Infinity);
    this.capacity = capacity;
    this.name = options.name ?? null;
    this.exchange = new Exchange<T>(capacity, this.name);
  }

  /**
   * Hands over `value`, or leaves it in the buffer.
   *
   * @throws `ChannelClosedError`; then the value was not sent.
   * Suspends: while the buffer is full. If cancelled: throws; the value was not sent.
   */
  send(value: T): Operation<void> {
    const exchange = this.exchange;
    return new Suspension<void>(exchange.sending, exchange, value);
  }

  /**
   * Takes the next value.
   *
   * @throws `ChannelClosedError` once the channel is closed and empty.
   * Suspends: while there is none. If cancelled: throws; nothing was taken.
   */
  receive(): Operation<T> {
    const exchange = this.exchange;
    return new Suspension<T>(exchange.receiving, exchange, undefined);
  }

  /** Sends without waiting; false if that is not possible now. Throws `ChannelClosedError` once it is closed. */
  trySend(value: T): boolean {
    return this.exchange.trySend(value);
  }

  /**
   * Takes the next value without waiting; undefined if there is none now, or the channel is closed and empty: see `isClosed`.
   */
  tryReceive(): { readonly value: T } | undefined {
    return this.exchange.tryReceive();
  }

  /**
   * No more values: what is in the buffer can still be received, after that receivers get `ChannelClosedError`, as do
   * senders at once. Closing twice has no effect.
   */
  close(): void {
    this.exchange.close();
  }

  get isClosed(): boolean {
    return this.exchange.closed;
  }

  /**
   * Runs `body` for each value, one after the other, until the channel is closed and empty.
   *
   * @throws what the body throws; the values after that stay in the channel.
   * Suspends: while there is no value, and as the body does. If cancelled: throws; every value that was taken has been passed to
   * the body.
   */
  *forEach(body: (value: T) => Operation<unknown>): Operation<void> {
    checkFunction('body', body);
    for (;;) {
      let value: T;
      try {
        value = yield* this.receive();
      } catch (error) {
        if (isInstance(error, ChannelClosedError) && this.isClosed) return;
        throw error;
      }
      checkDropped(yield* inSegment(checkOperation(body(value), body)), body);
    }
  }

  stats(): ChannelStats {
    const { capacity, buffer, senders, receivers, closed: isClosed } = this.exchange;
    return Object.freeze({
      capacity,
      buffered: buffer.size,
      waitingToSend: senders.size,
      waitingToReceive: receivers.size,
      isClosed,
    });
  }
}

printAs(Channel, 'Channel', (one) => ({ name: one.name, ...one.stats() }));

export interface ChannelStats {
  readonly capacity: number;
  readonly buffered: number;
  readonly waitingToSend: number;
  readonly waitingToReceive: number;
  readonly isClosed: boolean;
}

/**
 * Makes a `Channel`. `name` is how the graph shows waiting at it: `channel.receive(jobs)`. A plain call.
 *
 * @throws `ArgumentError`.
 *
 * @example
 * const jobs = channel<string>(10, { name: 'jobs' });
 * yield* spawn(function* () {
 *   for (const job of ['a', 'b']) yield* jobs.send(job);
 *   jobs.close();
 * });
 * yield* jobs.forEach(function* (job) {
 *   console.log(job); // a, then b
 * });
 */
export function channel<T>(capacity: number = 0, options: { name?: string } = {}): Channel<T> {
  checkKnown('channel', options, { name: true });
  return new Channel<T>(capacity, options);
}
