import type { Writable } from 'node:stream';
import { ArgumentError, ClosedError } from '../../base/errors.js';
import { Label } from '../../fibers/label.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { SuspensionKind, type Suspension } from '../../fibers/suspension.js';
import { WaitList } from '../../fibers/wait-list.js';
import { cutOff } from '../cut-off.js';
import { prematureClose, streamError } from './stream-error.js';

/**
 * The fibers that write to one Node stream. A fiber waits for room before it writes, and its write then completes at
 * once, so a cancelled write wrote nothing; the stream's buffer exceeds its high-water mark by one chunk at most.
 */
export class WriteQueue {
  readonly stream: Writable;
  /** Fibers that wait for room, for the stream to finish, and for a failure, which cannot come once it has finished. */
  readonly writing: WaitList = new WaitList();
  readonly finishing: WaitList = new WaitList();
  readonly watching: WaitList = new WaitList();
  finished: boolean = false;
  private failure: { readonly error: unknown } | null = null;
  private attached: boolean = true;
  private readonly own: boolean;
  private readonly untie: () => void;
  private readonly onDrain = (): void => {
    while (this.writing.size > 0 && !this.full) {
      const first = this.writing.shift()!;
      const error = this.perform(first);
      if (error === null) first.complete(undefined);
      else first.fail(error);
    }
  };
  private readonly onFinish = (): void => {
    this.finished = true;
    this.detach();
    this.finishing.completeAll(undefined);
    this.watching.completeAll(undefined);
    this.writing.failAll(closed);
  };
  private readonly onError = (error: unknown): void => this.failed(streamError('stream.write', error));
  private readonly onClose = (): void => this.failed(prematureClose('stream.write'));

  constructor(stream: Writable, own: boolean, scope: Scope) {
    this.stream = stream;
    this.own = own;
    this.untie = ownedBy(scope, () => this.close());
    // An error of an owned stream after its last use, or because it was destroyed, concerns nobody any more.
    if (own) stream.on('error', () => {});
    stream.on('error', this.onError);
    stream.on('finish', this.onFinish);
    stream.on('close', this.onClose);
    stream.on('drain', this.onDrain);
    if (stream.writableFinished) this.onFinish();
    else if (stream.errored) this.onError(stream.errored);
    else if (stream.destroyed) this.onClose();
  }

  get ended(): boolean {
    return this.finished || this.stream.writableEnded;
  }

  /** An HTTP/2 response has no `writableNeedDrain`. */
  private get full(): boolean {
    const { stream } = this;
    return stream.writableNeedDrain ?? stream.writableLength >= stream.writableHighWaterMark;
  }

  /** Throws what the stream failed with. */
  check(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  /** Writes or ends if there is room and nobody waits. Throws what is wrong. */
  tryNow(suspension: Suspension): boolean {
    const { stream } = this;
    if (stream.destroyed) throw prematureClose('stream.write');
    if (this.writing.size > 0 || this.full) return false;
    const error = this.perform(suspension);
    if (error !== null) throw error;
    return true;
  }

  close(): void {
    const unfinished = !this.finished && this.failure === null;
    this.failed(closed());
    if (this.own && unfinished) cutOff(this.stream);
  }

  /** Writes or ends; returns the error if the stream does not accept that, else null. */
  private perform(suspension: Suspension): Error | null {
    const { stream } = this;
    try {
      if (suspension.kind === END) stream.end();
      else if (stream.writableEnded) return closed();
      else stream.write(suspension.argument);
      return null;
    } catch (error) {
      return new ArgumentError(`stream.write: ${(error as Error).message}`, { cause: error });
    }
  }

  private failed(error: unknown): void {
    this.detach();
    if (this.failure !== null || this.finished) return;
    this.failure = { error };
    for (const list of [this.writing, this.finishing, this.watching]) list.failAll(() => error);
  }

  private detach(): void {
    if (!this.attached) return;
    this.attached = false;
    const { stream } = this;
    stream.off('drain', this.onDrain);
    stream.off('close', this.onClose);
    stream.off('finish', this.onFinish);
    stream.off('error', this.onError);
    this.untie();
  }
}

function closed(): ClosedError {
  return new ClosedError('stream.write: this stream has been ended, or its writer closed');
}

function kind(
  label: Label,
  listOf: (queue: WriteQueue) => WaitList,
  attempt: (queue: WriteQueue, suspension: Suspension) => boolean,
): SuspensionKind<WriteQueue> {
  return new SuspensionKind({
    label,
    attempt(suspension) {
      const queue = suspension.subject;
      queue.check();
      return attempt(queue, suspension);
    },
    arm: (suspension) => listOf(suspension.subject).push(suspension),
    abort(suspension) {
      listOf(suspension.subject).remove(suspension);
    },
  });
}

export const WRITE: SuspensionKind<WriteQueue> = kind(
  new Label('stream.write'),
  (queue) => queue.writing,
  (queue, suspension) => {
    if (queue.ended) throw closed();
    return queue.tryNow(suspension);
  },
);

export const END: SuspensionKind = kind(
  new Label('stream.write', 'end'),
  (queue) => queue.writing,
  (queue, suspension) => queue.ended || queue.tryNow(suspension),
);

export const FINISHED: SuspensionKind = kind(
  new Label('stream.finish'),
  (queue) => queue.finishing,
  (queue) => queue.finished,
);

export const BROKEN: SuspensionKind = kind(
  new Label('stream.finish', 'broken'),
  (queue) => queue.watching,
  (queue) => queue.finished,
);
