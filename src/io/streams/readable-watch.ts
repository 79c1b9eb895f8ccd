import type { Readable } from 'node:stream';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { prematureClose, streamError } from './stream-error.js';

/** What a reader is told of its Node stream. */
export interface ReadableEvents {
  /** There is something to read, or the end. */
  readable(): void;
  ended(): void;
  failed(error: unknown): void;
  /** The scope has ended. */
  close(): void;
}

/**
 * A reader's listeners on its stream, which are added and removed together. 'readable' rather than 'data', so that
 * nothing is taken out of the stream before it is asked for; and from the start, because Node discards the output of a
 * child process that has exited where nobody listens.
 */
export class ReadableWatch {
  private readonly stream: Readable;
  private readonly own: boolean;
  private readonly untie: () => void;
  private readonly events: ReadableEvents;
  private attached: boolean = true;
  private over: boolean = false;
  private readonly onReadable = (): void => this.events.readable();
  private readonly onEnd = (): void => {
    this.over = true;
    this.detach();
    this.events.ended();
  };
  private readonly onError = (error: unknown): void => {
    this.over = true;
    this.detach();
    this.events.failed(streamError('stream.read', error));
  };
  private readonly onClose = (): void => this.onError(prematureClose('stream.read'));

  constructor(stream: Readable, own: boolean, scope: Scope, events: ReadableEvents) {
    this.stream = stream;
    this.own = own;
    this.events = events;
    this.untie = ownedBy(scope, () => events.close());
    // An error of an owned stream after its end, or because it was destroyed, concerns nobody any more.
    if (own) stream.on('error', () => {});
    stream.on('error', this.onError);
    stream.on('end', this.onEnd);
    stream.on('close', this.onClose);
    stream.on('readable', this.onReadable);
    if (stream.readableEnded) this.onEnd();
    else if (stream.errored) this.onError(stream.errored);
    else if (stream.destroyed) this.onClose();
  }

  /** Removes the listeners; destroys a stream that is owned and not at its end. */
  letGo(): void {
    this.detach();
    if (this.over) return;
    if (this.own) this.stream.destroy();
    // Paused, as `readline` leaves it: otherwise standard input would keep a process alive whose work is done.
    else if ((this.stream as { fd?: number }).fd === STDIN) process.nextTick(pauseUnread, this.stream);
  }

  private detach(): void {
    if (!this.attached) return;
    this.attached = false;
    const { stream } = this;
    stream.off('readable', this.onReadable);
    stream.off('close', this.onClose);
    stream.off('end', this.onEnd);
    stream.off('error', this.onError);
    this.untie();
  }
}

/**
 * To be called in the next tick, once the stream has noticed that its listeners are gone: until then it takes itself
 * for paused.
 */
function pauseUnread(stream: Readable): void {
  if (stream.listenerCount('readable') === 0 && stream.listenerCount('data') === 0) stream.pause();
}

const STDIN = 0;
