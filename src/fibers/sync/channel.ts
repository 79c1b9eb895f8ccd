import { checkInteger } from '../../base/check.js';
import { Deque } from '../../base/deque.js';
import { ChannelClosedError } from '../../base/errors.js';
import { Label } from '../label.js';
import type { Operation } from '../operation.js';
import { Suspension, SuspensionKind } from '../suspension.js';
import { WaitList } from '../wait-list.js';

/**
 * Carries values between fibers, first in, first out.
 *
 * Invariants: receivers wait only while the buffer is empty and no sender waits; senders wait only while the buffer is
 * full. So a value goes straight to the first receiver, else into the buffer, else stays with its sender, in that
 * order, and no value is ever lost: a cancelled send was not received, a cancelled receive took nothing.
 */
export class Channel<T> {
  readonly name: string | null;
  /** How many values it holds while nobody receives; 0 makes sender and receiver meet. */
  readonly capacity: number;
  private readonly buffer: Deque<T> = new Deque();
  private readonly senders: WaitList = new WaitList();
  private readonly receivers: WaitList = new WaitList();
  private readonly sending: SuspensionKind;
  private readonly receiving: SuspensionKind;
  private closed: boolean = false;

  constructor(capacity: number = 0, options: { name?: string } = {}) {
    checkInteger('capacity', capacity, 0, Infinity);
    this.capacity = capacity;
    this.name = options.name ?? null;
    this.sending = this.name === null ? SEND : sendKind(this.name);
    this.receiving = this.name === null ? RECEIVE : receiveKind(this.name);
  }

  /**
   * Hands over `value`, or leaves it in the buffer.
   *
   * @throws `ChannelClosedError`; then the value was not sent.
   * Suspends: while the buffer is full. If cancelled: throws; the value was not sent.
   */
  send(value: T): Operation<void> {
    return new Suspension<void>(this.sending, this, value);
  }

  /**
   * Takes the next value.
   *
   * @throws `ChannelClosedError` once the channel is closed and empty.
   * Suspends: while there is none. If cancelled: throws; nothing was taken.
   */
  receive(): Operation<T> {
    return new Suspension<T>(this.receiving, this, undefined);
  }

  /** Sends without waiting; false if that is not possible now. */
  trySend(value: T): boolean {
    if (this.closed) throw closedError(this.name, 'send');
    const receiver = this.receivers.shift();
    if (receiver !== null) receiver.complete(value);
    else if (this.buffer.size < this.capacity) this.buffer.pushBack(value);
    else return false;
    return true;
  }

  /** Takes the next value without waiting; undefined if there is none now. */
  tryReceive(): { readonly value: T } | undefined {
    if (this.buffer.size > 0) {
      const value = this.buffer.popFront() as T;
      const sender = this.senders.shift();
      if (sender !== null) {
        this.buffer.pushBack(sender.argument as T);
        sender.complete(undefined);
      }
      return { value };
    }
    const sender = this.senders.shift();
    if (sender === null) return undefined;
    const value = sender.argument as T;
    sender.complete(undefined);
    return { value };
  }

  /**
   * No more values: what is in the buffer can still be received, after that receivers get `ChannelClosedError`, as do
   * senders at once. Closing twice has no effect.
   */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (let waiting = this.receivers.shift(); waiting !== null; waiting = this.receivers.shift())
      waiting.fail(closedError(this.name, 'receive'));
    for (let waiting = this.senders.shift(); waiting !== null; waiting = this.senders.shift())
      waiting.fail(closedError(this.name, 'send'));
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Runs `body` for each value until the channel is closed and empty. */
  *forEach(body: (value: T) => Operation<unknown>): Operation<void> {
    for (;;) {
      let value: T;
      try {
        value = yield* this.receive();
      } catch (error) {
        if (error instanceof ChannelClosedError && this.closed) return;
        throw error;
      }
      yield* body(value);
    }
  }

  stats(): ChannelStats {
    return Object.freeze({
      capacity: this.capacity,
      buffered: this.buffer.size,
      waitingToSend: this.senders.size,
      waitingToReceive: this.receivers.size,
      closed: this.closed,
    });
  }

  static attemptSend(suspension: Suspension): boolean {
    return (suspension.subject as Channel<unknown>).trySend(suspension.argument);
  }

  static attemptReceive(suspension: Suspension): boolean {
    const channel = suspension.subject as Channel<unknown>;
    // As tryReceive, without its result object: this is the hot path.
    if (channel.buffer.size > 0) {
      suspension.value = channel.buffer.popFront();
      const sender = channel.senders.shift();
      if (sender === null) return true;
      channel.buffer.pushBack(sender.argument);
      sender.complete(undefined);
      return true;
    }
    const sender = channel.senders.shift();
    if (sender !== null) {
      suspension.value = sender.argument;
      sender.complete(undefined);
      return true;
    }
    if (channel.closed) throw closedError(channel.name, 'receive');
    return false;
  }

  static armSend(suspension: Suspension): void {
    (suspension.subject as Channel<unknown>).senders.push(suspension);
  }

  static armReceive(suspension: Suspension): void {
    (suspension.subject as Channel<unknown>).receivers.push(suspension);
  }

  static abortSend(suspension: Suspension): boolean {
    (suspension.subject as Channel<unknown>).senders.remove(suspension);
    return true;
  }

  static abortReceive(suspension: Suspension): boolean {
    (suspension.subject as Channel<unknown>).receivers.remove(suspension);
    return true;
  }
}

export interface ChannelStats {
  readonly capacity: number;
  readonly buffered: number;
  readonly waitingToSend: number;
  readonly waitingToReceive: number;
  readonly closed: boolean;
}

/** Makes a `Channel`. `name` is how the graph shows waiting at it: `channel.receive(jobs)`. */
export function channel<T>(capacity: number = 0, options?: { name?: string }): Channel<T> {
  return new Channel<T>(capacity, options);
}

function closedError(name: string | null, attempted: string): ChannelClosedError {
  return new ChannelClosedError(`${attempted}: the channel${name === null ? '' : ` \`${name}\``} is closed`);
}

function sendKind(name: string | null): SuspensionKind {
  return new SuspensionKind({
    label: new Label('channel.send', name),
    attempt: Channel.attemptSend,
    arm: Channel.armSend,
    abort: Channel.abortSend,
  });
}

function receiveKind(name: string | null): SuspensionKind {
  return new SuspensionKind({
    label: new Label('channel.receive', name),
    attempt: Channel.attemptReceive,
    arm: Channel.armReceive,
    abort: Channel.abortReceive,
  });
}

const SEND: SuspensionKind = sendKind(null);
const RECEIVE: SuspensionKind = receiveKind(null);
