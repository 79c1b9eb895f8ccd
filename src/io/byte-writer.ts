import { types } from 'node:util';
import { ClosedError } from '../base/errors.js';
import { Label, type WaitKind } from '../fibers/label.js';
import type { Operation } from '../fibers/operation.js';
import { Suspension, SuspensionKind } from '../fibers/suspension.js';
import { WaitList } from '../fibers/wait-list.js';
import type { WritableBytes } from './byte-stream.js';
import { notBytes } from './not-bytes.js';

/** Where a writer's bytes go. */
export interface ByteSink {
  /** Takes all of `data`, or throws and takes nothing. False if it is full for now: it will call `drained`. */
  put(data: string | Uint8Array): boolean;
  /** Nothing more will come. */
  finish(): void;
}

/**
 * The writing half of every byte stream, whatever its sink. A fiber waits for room *before* it writes, and its write
 * then completes at once, so a cancelled write wrote nothing, not even a part. (Waiting afterwards, as `'drain'`
 * invites to, would leave a cancelled fiber with a message that is sent all the same.) The buffer in the sink exceeds
 * its high-water mark by one message at most. Writers are served in order.
 */
export class ByteWriter implements WritableBytes {
  private readonly kinds: WriteKinds;
  private readonly sink: ByteSink;
  private full: boolean;
  private ended: boolean = false;
  /** `sink.finish` is due once the waiting writers are done. */
  private finishing: boolean = false;
  private failure: (() => Error) | null = null;
  /** Made when a writer first waits: most connections never need it. */
  private writers: WaitList | null = null;

  /** @param full whether the sink is full already. */
  constructor(sink: ByteSink, kinds: WriteKinds, full: boolean = false) {
    this.sink = sink;
    this.kinds = kinds;
    this.full = full;
  }

  write(data: string | Uint8Array): Operation<void> {
    if (typeof data !== 'string' && !types.isUint8Array(data)) throw notBytes('data', data);
    return new Suspension<void>(this.kinds.write, this, data);
  }

  end(): Operation<void> {
    return new Suspension<void>(this.kinds.end, this, undefined);
  }

  get waitingToWrite(): number {
    return this.writers === null ? 0 : this.writers.size;
  }

  /** For the sink: there is room again. */
  drained(): void {
    this.full = false;
    while (!this.full) {
      const writer = this.shift();
      if (writer === null) break;
      try {
        this.perform(writer);
        writer.complete(undefined);
      } catch (error) {
        // Thrown in a listener of the sink it would end the process.
        writer.fail(error);
      }
    }
    if (this.finishing) this.finishLast();
  }

  /**
   * The other side has ended and this one follows: writers that wait still write, later ones throw what `failure`
   * makes; then the sink is finished.
   */
  conclude(failure: () => Error): void {
    if (this.failure !== null) return;
    this.failure = failure;
    this.ended = this.finishing = true;
    this.finishLast();
  }

  /** The stream broke or was closed: writing throws what `failure` makes; the first failure counts. */
  fail(failure: () => Error): void {
    this.failure ??= failure;
    this.finishing = false;
    for (let writer = this.shift(); writer !== null; writer = this.shift()) {
      if (this.ended && writer.kind === this.kinds.end) writer.complete(undefined);
      else writer.fail(this.failure());
    }
  }

  private shift(): Suspension | null {
    return this.writers === null ? null : this.writers.shift();
  }

  private finishLast(): void {
    if (this.waitingToWrite > 0) return;
    this.finishing = false;
    this.sink.finish();
  }

  private perform(writer: Suspension): void {
    if (writer.kind === this.kinds.write) {
      this.full = !this.sink.put(writer.argument as string | Uint8Array);
      return;
    }
    this.ended = true;
    this.sink.finish();
    this.fail(() => new ClosedError(`${this.kinds.label}: this side of the stream has been ended`));
  }

  private static attempt(suspension: Suspension<unknown, ByteWriter>): boolean {
    const writer = suspension.subject;
    if (writer.failure !== null) throw writer.failure();
    if (writer.full || writer.waitingToWrite > 0) return false;
    writer.perform(suspension);
    return true;
  }

  private static attemptEnd(suspension: Suspension<unknown, ByteWriter>): boolean {
    return suspension.subject.ended || ByteWriter.attempt(suspension);
  }

  private static arm(suspension: Suspension<unknown, ByteWriter>): void {
    const writer = suspension.subject;
    (writer.writers ??= new WaitList()).push(suspension);
  }

  private static abort(suspension: Suspension<unknown, ByteWriter>): void {
    const writer = suspension.subject;
    writer.writers!.remove(suspension);
    if (writer.finishing) writer.finishLast();
  }

  /** The kinds of a writer's waits, labelled `label`. Made once per label. */
  static kinds(label: WaitKind): WriteKinds {
    const { attempt, attemptEnd, arm, abort } = ByteWriter;
    return {
      label,
      write: new SuspensionKind({ label: new Label(label), attempt, arm, abort }),
      end: new SuspensionKind({ label: new Label(label), attempt: attemptEnd, arm, abort }),
    };
  }
}

export interface WriteKinds {
  readonly label: WaitKind;
  readonly write: SuspensionKind;
  readonly end: SuspensionKind;
}
