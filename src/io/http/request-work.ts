import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { CancelledError, OverloadError } from '../../base/errors.js';
import type { FiberHandle } from '../../fibers/fiber.js';
import { Work, type Admitted, type Entry, type Refusal } from '../../fibers/governor.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { cutOff } from '../cut-off.js';
import { isClosed } from './is-closed.js';
import type { OpenResponse, OpenResponses } from './open-responses.js';
import { waitsBehind } from './pipeline.js';
import { wasAnswered } from './was-answered.js';

/** Who answers a request. */
export interface Respondent {
  /** The request may begin: `work.start` is to be called, now or later, unless its client goes away before. */
  begin(work: RequestWork): void;
  /** It may not, or was stopped before its answer began. */
  refuse(retryAfterMs: number): void;
}

/** A request that asks to be let in. It is withdrawn, or its fiber cancelled, when the client goes away. */
export class RequestWork extends Work implements OpenResponse {
  override readonly answerMs: number = 0.06;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  slot: number = -1;
  private readonly respondent: Respondent;
  private begun: boolean = false;
  private admitted: Admitted | null = null;
  private fiber: FiberHandle | null = null;

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
   * To be called once. Without an entry everything may begin. Until it has left the response is in `open`. Where its client
   * has gone already, while a framework did something before, nothing begins.
   */
  offerTo(entry: Entry | null, open: OpenResponses): void {
    if (isClosed(this.response)) return;
    open.add(this);
    // `once` would wrap the listener and take it off again; to hear of it twice does nothing.
    this.response.on('close', () => {
      open.delete(this);
      this.closed(entry);
    });
    // Node closes no stream that its client gives up without an error while there is something left to write to it.
    if (isStream(this.message)) this.message.stream.once('aborted', () => this.closed(entry));
    if (this.response.socket === null) waitsBehind(this.response, this.message.socket);
    if (entry !== null) return entry.offer(this);
    this.begun = true;
    this.respondent.begin(this);
  }

  begin(admitted: Admitted): void {
    this.begun = true;
    this.admitted = admitted;
    this.respondent.begin(this);
  }

  /**
   * Starts the fiber that answers it, known in the graph by its kind; by `f` if nobody had to let it in. Not if its client
   * has gone since it was let in.
   */
  start(requests: Scope, f: Function, operation: Operation<void>): void {
    if (isClosed(this.response)) return;
    this.fiber = requests.startMember(this.admitted?.body ?? f, operation, false);
  }

  /** Its fiber is over. */
  end(): void {
    this.admitted?.end();
  }

  /** Its fiber was cancelled. If that was for want of resources, whoever asked is still to be told. */
  stopped(error: CancelledError): void {
    if (error.cause instanceof OverloadError && !this.response.headersSent) this.respondent.refuse(STOPPED_MS);
    else cutOff(this.response);
  }

  refuse({ retryAfterMs, isFinal }: Refusal): void {
    if (isFinal && (this.isFirst || isStream(this.message))) return hangUp(this.message);
    // Who keeps a connection is told all the same: a proxy takes a server that closes it without a word for broken. But then it
    // has to connect again, and meets the kernel's queue, which turns away for nothing.
    if (isFinal) this.response.shouldKeepAlive = false;
    this.respondent.refuse(retryAfterMs);
  }

  private closed(entry: Entry | null): void {
    if (!this.begun) entry?.withdraw(this);
    else if (this.fiber === null) this.end();
    else if (!wasAnswered(this.response)) this.fiber.cancel('the client has gone');
  }
}

/** Over HTTP/2 only the request's stream is closed, by the code that says that nothing was done and it may be sent again. */
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
/** When to come again if it was stopped, in ms. */
const STOPPED_MS = 1000;
