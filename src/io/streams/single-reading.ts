import { BusyError, ClosedError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import type { Suspension } from '../../fibers/suspension.js';
import { SuspensionKind } from '../../fibers/suspension.js';
import { Label } from '../../fibers/label.js';

/** What the readers of Node and of web streams share: the one fiber that may wait, and how the stream ended. */
export abstract class SingleReading {
  protected waiting: Suspension | null = null;
  private ended: boolean = false;
  private failure: { readonly error: unknown } | null = null;

  /** Takes what is there into `suspension.value`; false if there is nothing. */
  protected abstract take(suspension: Suspension<unknown, SingleReading>): boolean;
  /** A fiber has begun to wait. */
  protected abstract wanted(): void;

  protected get over(): boolean {
    return this.ended || this.failure !== null;
  }

  protected endReached(): void {
    if (this.over) return;
    this.ended = true;
    this.answer()?.complete(null);
  }

  protected failed(error: unknown): void {
    if (this.over) return;
    this.failure = { error };
    this.answer()?.fail(error);
  }

  protected closedByUs(): void {
    const error = new ClosedError('stream.read: this reader was closed');
    this.ended = false;
    this.failure = { error };
    this.answer()?.fail(error);
  }

  /** Removes and returns the waiting read, which is to be answered now. */
  protected answer(): Suspension | null {
    const { waiting } = this;
    this.waiting = null;
    return waiting;
  }

  static attempt(suspension: Suspension<unknown, SingleReading>): boolean {
    const reading = suspension.subject;
    if (reading.waiting !== null) return false;
    if (reading.take(suspension)) return true;
    if (reading.failure !== null) throw reading.failure.error;
    return reading.ended && suspension.finish(null);
  }

  static arm(suspension: Suspension<unknown, SingleReading>): void {
    const reading = suspension.subject;
    if (reading.waiting !== null) {
      suspension.fail(new BusyError('stream.read: another fiber is reading this stream'));
      return;
    }
    reading.waiting = suspension;
    reading.wanted();
  }

  static abort(suspension: Suspension<unknown, SingleReading>): void {
    const reading = suspension.subject;
    if (reading.waiting === suspension) reading.waiting = null;
  }
}

printAs(SingleReading, 'Reader', () => ({}));

export const READ: SuspensionKind<SingleReading, undefined> = new SuspensionKind({
  label: new Label('stream.read'),
  attempt: SingleReading.attempt,
  arm: SingleReading.arm,
  abort: SingleReading.abort,
});
