import { Deque } from '../../base/deque.js';
import { ChannelClosedError, InternalError } from '../../base/errors.js';
import { Label } from '../label.js';
import type { Select } from '../select.js';
import { Suspension, SuspensionKind } from '../suspension.js';
import { WaitList } from '../wait-list.js';

/**
 * The inside of a channel. Without a buffer a sender and a receiver meet: whichever comes second completes both.
 *
 * With a buffer they need not, and had better not: a value handed to each of many waiting receivers costs a switch to
 * a fiber that the caches have forgotten, while one receiver takes all 64 from the buffer for the price of one. With
 * 100,000 pairs that is three times the throughput. So a send does not wake a receiver while another one that was
 * woken has yet to run (is *coming*); the value is left in the buffer for that one. When it runs it passes the baton:
 * it wakes the next that waits, if anything is left, and only then goes its way, which may be a long one. The same
 * holds for senders and room. Invariants, at any time a fiber runs:
 *
 * - while receivers wait, the buffer is empty or a receiver is coming;
 * - while senders wait, the buffer is full or a sender is coming.
 *
 * Hence nobody waits for what is there: whoever is coming is in the run queue. A woken receiver has its value, and the value of
 * a woken sender is in the buffer; there is no race left to lose, and no cancellation can undo it. The price is that a running
 * fiber may overtake waiting ones, so that only operations that do not overlap in time are sure of their order. It cannot starve
 * them: they are woken first come, first served, and whenever one that was coming has run, the next is woken.
 */
export class Exchange<T> {
  readonly capacity: number;
  readonly sending: SuspensionKind;
  readonly receiving: SuspensionKind;
  readonly buffer: Deque<T>;
  readonly senders: WaitList = new WaitList();
  readonly receivers: WaitList = new WaitList();
  closed: boolean = false;
  private readonly name: string | null;
  /** Woken, and not yet run. Nobody is ever coming to an exchange without a buffer. */
  private sendersComing: number = 0;
  private receiversComing: number = 0;
  /** The last one that came left room, or values, and nobody has used any since. */
  private roomIgnored: boolean = false;
  private valuesIgnored: boolean = false;

  constructor(capacity: number, name: string | null) {
    this.capacity = capacity;
    this.name = name;
    this.buffer = new Deque(Math.min(capacity, KEPT));
    const buffered = capacity > 0;
    this.sending = name !== null ? sendKind(name, buffered) : buffered ? SEND_BUFFERED : SEND;
    this.receiving = name !== null ? receiveKind(name, buffered) : buffered ? RECEIVE_BUFFERED : RECEIVE;
  }

  /** Sends without waiting. If the buffer is full while receivers wait, serves one of them to make room. */
  trySend(value: T): boolean {
    if (this.put(value, null)) return true;
    if (this.receivers.size === 0) return false;
    this.serve();
    return this.put(value, null);
  }

  /** As `trySend`, the other way round. */
  tryReceive(): { readonly value: T } | undefined {
    const taking = new Suspension<T>(this.receiving, this, undefined);
    if (this.take(taking)) return { value: taking.value };
    if (this.senders.size === 0) return undefined;
    this.admit();
    return this.take(taking) ? { value: taking.value } : undefined;
  }

  /** Waiting fibers get what is there for them, the rest an error. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.settle(Infinity, Infinity);
    this.receivers.failAll(() => this.closedError('receive'));
    this.senders.failAll(() => this.closedError('send'));
  }

  /** Throws unless the invariants above hold. O(1), for tests. */
  validate(): void {
    const { buffer, capacity, senders, receivers, sendersComing, receiversComing } = this;
    if (buffer.size > capacity) throw new InternalError('channel: the buffer is too full');
    if (receivers.size > 0 && buffer.size > 0 && receiversComing === 0)
      throw new InternalError('channel: a value waits');
    if (senders.size > 0 && buffer.size < capacity && sendersComing === 0)
      throw new InternalError('channel: room waits');
    if (sendersComing < 0 || receiversComing < 0) throw new InternalError('channel: one came that was not woken');
    const oneSelect = senders.peek()?.branchOf ?? null;
    if (capacity === 0 && senders.size > 0 && firstBut(oneSelect, receivers) !== null)
      throw new InternalError('channel: a meeting was missed');
    if (this.closed && senders.size + receivers.size > 0) throw new InternalError('channel: one waits at a closed one');
  }

  /** `select` is what the sender is a branch of, if any. */
  private put(value: T, select: Select | null): boolean {
    if (this.closed) throw this.closedError('send');
    if (this.buffer.size < this.capacity) {
      this.roomIgnored = false;
      this.buffer.pushBack(value);
      if (this.receivers.size > 0 && this.receiversComing === 0) this.settle(1, 1);
      return true;
    }
    if (this.capacity > 0) return false;
    const receiver = firstBut(select, this.receivers);
    if (receiver === null) return false;
    this.receivers.remove(receiver);
    return receiver.complete(value);
  }

  private take(into: Suspension): boolean {
    if (this.buffer.size > 0) {
      this.valuesIgnored = false;
      into.value = this.buffer.popFront();
      if (this.senders.size > 0 && this.sendersComing === 0) this.settle(1, 1);
      return true;
    }
    if (this.capacity > 0) return false;
    const sender = firstBut(into.branchOf, this.senders);
    if (sender === null) return false;
    this.senders.remove(sender);
    into.value = sender.argument;
    return sender.complete(undefined);
  }

  /** Wakes those for whom there is something, while fewer than the given numbers are coming. */
  private settle(mostReceivers: number, mostSenders: number): void {
    const { buffer, capacity, senders, receivers } = this;
    for (;;) {
      if (receivers.size > 0 && buffer.size > 0 && this.receiversComing < mostReceivers) this.serve();
      else if (senders.size > 0 && buffer.size < capacity && this.sendersComing < mostSenders) this.admit();
      else return;
    }
  }

  /** Hands the oldest value to the receiver that has waited longest. */
  private serve(): void {
    const receiver = this.receivers.shift()!;
    receiver.argument = COMING;
    this.receiversComing++;
    receiver.complete(this.buffer.popFront());
  }

  /** Puts the value of the sender that has waited longest into the buffer. */
  private admit(): void {
    const sender = this.senders.shift()!;
    this.buffer.pushBack(sender.argument as T);
    sender.argument = COMING;
    this.sendersComing++;
    sender.complete(undefined);
  }

  private closedError(attempted: string): ChannelClosedError {
    return new ChannelClosedError(
      `${attempted}: the channel${this.name === null ? '' : ` \`${this.name}\``} is closed`,
    );
  }

  static attemptSend(suspension: Suspension<unknown, Exchange<unknown>>): boolean {
    return suspension.subject.put(suspension.argument, suspension.branchOf);
  }

  static attemptReceive(suspension: Suspension<unknown, Exchange<unknown>>): boolean {
    const exchange = suspension.subject;
    if (exchange.take(suspension)) return true;
    if (exchange.closed) throw exchange.closedError('receive');
    return false;
  }

  static armSend(suspension: Suspension<unknown, Exchange<unknown>>): void {
    suspension.subject.senders.push(suspension);
  }

  static armReceive(suspension: Suspension<unknown, Exchange<unknown>>): void {
    suspension.subject.receivers.push(suspension);
  }

  static abortSend(suspension: Suspension<unknown, Exchange<unknown>>): void {
    suspension.subject.senders.remove(suspension);
  }

  static abortReceive(suspension: Suspension<unknown, Exchange<unknown>>): void {
    suspension.subject.receivers.remove(suspension);
  }

  /**
   * One at a time is too slow for those who take one value and go to work, where a turn of the run queue is long: the
   * last of 64 idle workers would begin after 64 turns. So a receiver that finds that no value was taken since the one before it
   * came wakes all for whom there is a value.
   */
  static receiverCame(suspension: Suspension<unknown, Exchange<unknown>>): void {
    if (suspension.argument !== COMING) return;
    const exchange = suspension.subject;
    exchange.receiversComing--;
    exchange.settle(exchange.valuesIgnored ? Infinity : 1, 1);
    exchange.valuesIgnored = exchange.buffer.size > 0;
  }

  static senderCame(suspension: Suspension<unknown, Exchange<unknown>>): void {
    if (suspension.argument !== COMING) return;
    const exchange = suspension.subject;
    exchange.sendersComing--;
    exchange.settle(1, exchange.roomIgnored ? Infinity : 1);
    exchange.roomIgnored = exchange.buffer.size < exchange.capacity;
  }
}

/** The first that waits and is not a branch of `select`, of which only one branch can be taken. */
function firstBut(select: Select | null, list: WaitList): Suspension | null {
  let first = list.peek();
  while (select !== null && first !== null && first.branchOf === select) first = first.following;
  return first;
}

function sendKind(name: string | null, buffered: boolean): SuspensionKind {
  return new SuspensionKind({
    label: new Label('channel.send', name),
    attempt: Exchange.attemptSend,
    arm: Exchange.armSend,
    abort: Exchange.abortSend,
    resumed: buffered ? Exchange.senderCame : null,
  });
}

function receiveKind(name: string | null, buffered: boolean): SuspensionKind {
  return new SuspensionKind({
    label: new Label('channel.receive', name),
    attempt: Exchange.attemptReceive,
    arm: Exchange.armReceive,
    abort: Exchange.abortReceive,
    resumed: buffered ? Exchange.receiverCame : null,
  });
}

/** The capacity that a buffer keeps, half a kilobyte: one that is filled and emptied in turn would be resized all the time. */
const KEPT = 64;
/** Replaces the argument of one that was woken by `serve` or `admit`, and so did not complete at once. */
const COMING = Symbol('coming');

const SEND: SuspensionKind = sendKind(null, false);
const RECEIVE: SuspensionKind = receiveKind(null, false);
const SEND_BUFFERED: SuspensionKind = sendKind(null, true);
const RECEIVE_BUFFERED: SuspensionKind = receiveKind(null, true);
