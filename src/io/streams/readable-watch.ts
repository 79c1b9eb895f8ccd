import type { Readable } from 'node:stream';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { prematureClose, streamError } from './stream-error.js';

/** What a reader of a Node stream is told of it. */
export interface ReadableEvents {
  /** There is something to read, or the end. */
  readable(): void;
  ended(): void;
  failed(error: unknown): void;
  /** The scope has ended. */
  close(): void;
}

/**
 * The listeners of a reader on its stream, which come and go together. 'readable' and not 'data', because then nothing
 * is taken out of the stream that nobody asked for, and because a child process throws away the output of streams
 * that nobody listens to once it has exited.
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
    // What fails a stream of ours after its end, or because it was destroyed, has nobody left to be told.
    if (own) stream.on('error', () => {});
    stream.on('error', this.onError);
    stream.on('end', this.onEnd);
    stream.on('close', this.onClose);
    stream.on('readable', this.onReadable);
    if (stream.readableEnded) this.onEnd();
    else if (stream.errored) this.onError(stream.errored);
    else if (stream.destroyed) this.onClose();
  }

  /** Takes the listeners off; destroys a stream that is own and was not over. */
  letGo(): void {
    this.detach();
    if (this.over) return;
    if (this.own) this.stream.destroy();
    // As `readline` leaves it: else a process whose work is done would wait for more.
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

/** In the next tick, when the stream has noticed that its listeners are gone: before that it takes itself for paused. */
function pauseUnread(stream: Readable): void {
  if (stream.listenerCount('readable') === 0 && stream.listenerCount('data') === 0) stream.pause();
}

const STDIN = 0;
