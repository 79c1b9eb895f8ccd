import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { CancelledError, OverloadError } from '../../base/errors.js';
import type { FiberHandle } from '../../fibers/fiber.js';
import { Work, type Admitted, type Entry, type Refusal } from '../../fibers/governor.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { cutOff } from '../cut-off.js';
import { canBeReused } from './can-be-reused.js';
import type { OpenResponse, OpenResponses } from './open-responses.js';
import { waitsBehind } from './pipeline.js';
import { isClosed, wasAnswered } from './response-state.js';
import { OVERLOADED_MS } from './retry-after.js';

/** Who answers a request. */
export interface Respondent {
  /** The request may begin: `work.start` is to be called, now or later, unless its client goes away before. */
  begin(work: RequestWork): void;
  /** It may not begin, or was stopped before its answer began. */
  refuse(retryAfterMs: number): void;
}

/**
 * A request that asks to be admitted. It is withdrawn, or its fiber cancelled, when the client goes away.
 *
 * Where middleware runs in a fiber, too, the handler behind it is a further piece of work for the same request. One of the same
 * kind needs no admission of its own: that of the first lasts until all have ended.
 */
export class RequestWork extends Work implements OpenResponse {
  override readonly answerMs: number = 0.06;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  slot: number = -1;
  private readonly respondent: Respondent;
  /** What asked for the request: this, unless it goes on with one. */
  private first: RequestWork = this;
  private begun: boolean = false;
  private admitted: Admitted | null = null;
  private fiber: FiberHandle | null = null;
  /** Of the first: fibers of the request that have not ended, and whether one of them has left the reply to others. */
  private running: number = 0;
  private passedOn: boolean = false;

  /** @param isFirst whether it is the first of its connection. */
  constructor(
    kind: string,
    priority: number,
    isFirst: boolean,
    message: IncomingMessage,
    response: ServerResponse,
    respondent: Respondent,
  ) {
    super(kind, priority, isFirst);
    this.message = message;
    this.response = response;
    this.respondent = respondent;
  }

  /**
   * To be called once. Without an entry it begins at once. Its response stays in `open` until it is closed. Does
   * nothing if the client has gone already, as it may while a framework does its own work first.
   */
  offerTo(entry: Entry | null, open: OpenResponses): void {
    if (isClosed(this.response)) return;
    open.add(this);
    this.watch(entry, open);
    if (this.response.socket === null) waitsBehind(this.response, this.message.socket);
    if (entry !== null) return entry.offer(this);
    this.begun = true;
    this.respondent.begin(this);
  }

  /**
   * Begins a further fiber of the same request. One of another kind, which only its handler knows, has to ask; meanwhile this
   * one does not count as under way, or what was let in would wait for what is not. Returns the work of the fiber; null if none
   * of the request is under way.
   */
  goOn(kind: string, respondent: Respondent, entry: Entry | null, open: OpenResponses): RequestWork | null {
    const { first } = this;
    if (!this.begun || (first.running === 0 && !first.passedOn)) return null;
    const asks = first.admitted !== null && kind !== first.kind;
    const next = new RequestWork(kind, this.priority, asks && first.isFirst, this.message, this.response, respondent);
    if (asks) {
      first.admitted!.moveOn();
      next.offerTo(entry, open);
    } else if (!isClosed(this.response)) {
      first.passedOn = false;
      next.first = first;
      next.begun = true;
      next.watch(null, null);
      respondent.begin(next);
    }
    return next;
  }

  /** Its fiber leaves the reply to others: until it is sent the request is under way. */
  passOn(): void {
    this.first.passedOn = true;
  }

  private watch(entry: Entry | null, open: OpenResponses | null): void {
    // `once` would wrap the listener and remove it again; a second call does no harm.
    this.response.on('close', () => {
      open?.delete(this);
      this.closed(entry);
    });
    // Node does not close an HTTP/2 stream that its client gives up without an error while something is left to be
    // written.
    if (isStream(this.message)) this.message.stream.once('aborted', () => this.closed(entry));
  }

  begin(admitted: Admitted): void {
    this.begun = true;
    this.admitted = admitted;
    if (admitted.isLast && !isStream(this.message)) this.response.shouldKeepAlive = false;
    this.respondent.begin(this);
  }

  /** A function with the name of its kind, by which the graph shows its fiber; null without an entry. */
  get body(): Function | null {
    return this.admitted?.body ?? null;
  }

  /** Starts the fiber that answers it, which the graph shows by the name of `f`. Does nothing if the client has gone. */
  start(requests: Scope, f: Function, operation: Operation<void>): void {
    if (isClosed(this.response)) return;
    this.fiber = requests.startMember(f, operation, false);
    this.first.running++;
  }

  /** Its fiber is over. */
  end(): void {
    this.first.running--;
    this.first.settle();
  }

  /** Ends the admission, once nothing of the request is under way. */
  private settle(): void {
    if (this.running === 0 && (!this.passedOn || isClosed(this.response))) this.admitted?.end();
  }

  /** Its fiber was cancelled. If that was for want of resources, the client is still to be told. */
  stopped(error: CancelledError): void {
    if (error.cause instanceof OverloadError && !this.response.headersSent) this.respondent.refuse(OVERLOADED_MS);
    else cutOff(this.response);
  }

  refuse({ retryAfterMs, isFinal }: Refusal): void {
    if (isFinal && (this.isFirst || isStream(this.message))) return hangUp(this.message);
    // On a connection that was used before, the client is answered all the same: a proxy takes a server that closes it
    // without a word for broken. But the connection is closed, so that the client comes back by the kernel's queue,
    // which turns away for free.
    if (isFinal) this.response.shouldKeepAlive = false;
    this.respondent.refuse(retryAfterMs);
  }

  private closed(entry: Entry | null): void {
    this.settle();
    if (!this.begun) entry?.withdraw(this);
    else if (this.fiber === null) return;
    else if (!wasAnswered(this.response)) this.fiber.cancel('the client has gone');
    else if (!isStream(this.message) && !canBeReused(this.message)) breakWithSocket(this.message);
  }
}

/**
 * Breaks the body of a request that was answered before it came whole, if its connection closes: Node has forgotten the
 * request by then, and a fiber that still reads the body would wait for ever.
 */
function breakWithSocket(message: IncomingMessage): void {
  const { socket } = message;
  const cut = (): void => void message.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  if (socket.destroyed) return cut();
  socket.once('close', cut);
  message.once('end', () => socket.off('close', cut));
}

/**
 * Closes the connection. Over HTTP/2 only the stream of the request, with the code which says that nothing was done and
 * that it may be sent again.
 */
function hangUp(message: IncomingMessage): void {
  if (isStream(message)) message.stream.close(REFUSED_STREAM);
  else message.socket.destroy();
}

/** Whether it came over HTTP/2. */
function isStream(message: IncomingMessage): message is IncomingMessage & { readonly stream: ServerHttp2Stream } {
  return 'stream' in message;
}

/** RFC 9113, 7. */
const REFUSED_STREAM = 0x7;
