import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { checkDuration, checkFunction, checkGoal, checkInteger } from '../../base/check.js';
import { CancelledError, ClosedError, IoError, OverloadError, TooLargeError } from '../../base/errors.js';
import { currentFiber } from '../../fibers/current.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { Admitted, Entry } from '../../fibers/governor.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { call } from '../../fibers/segment.js';
import { sleep } from '../../fibers/sleep.js';
import { spawn } from '../../fibers/spawn.js';
import { suspend } from '../../fibers/suspend.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { event, type Event } from '../../fibers/sync/event.js';
import { tellWhere } from '../../fibers/tell-where.js';
import { runScope, scope } from '../../fibers/with-scope.js';
import { kernelQueueOf, USUAL_BACKLOG } from '../kernel-queue.js';
import { HttpError } from './http-error.js';
import type { HttpServerOptions } from './http-server-options.js';
import { ConnectionWatch } from './connection-watch.js';
import type { Reply } from './reply.js';
import { refuse } from './refuse.js';
import { RequestWork, type StartRequest } from './request-work.js';
import { sendReply, sendWhole } from './send-reply.js';
import { ServerRequest } from './server-request.js';

export type Handler = (request: ServerRequest) => Operation<Reply>;

/** A listening HTTP server. Parsing is `node:http`'s. */
export class HttpServer {
  /** Node's own object, for what is missing here. */
  readonly raw: Server;
  readonly #options: HttpServerOptions;
  #requests: Scope | null = null;
  #begin: ((message: IncomingMessage, response: ServerResponse) => void) | null = null;
  /** Requests that came between `listen` and `serve`. One for each connection: Node reads on after its answer. */
  readonly #early: [message: IncomingMessage, response: ServerResponse][] = [];
  #counts = { served: 0, failed: 0, cancelled: 0 };

  constructor(raw: Server, options: HttpServerOptions) {
    this.raw = raw;
    this.#options = options;
    raw.on('request', (message, response) => {
      if (this.#begin === null) this.#early.push([message, response]);
      else this.#begin(message, response);
    });
  }

  get port(): number {
    return (this.raw.address() as AddressInfo).port;
  }

  /** Where it can be reached from this machine. */
  get url(): string {
    const { address, family } = this.raw.address() as AddressInfo;
    const any = address === '::' || address === '0.0.0.0';
    const host = any ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${host}:${this.port}`;
  }

  /** Requests under way, and how those before have ended. */
  stats(): { readonly active: number; readonly served: number; readonly failed: number; readonly cancelled: number } {
    return Object.freeze({ active: this.#requests?.members.length ?? 0, ...this.#counts });
  }

  /**
   * Answers every request by `handler`, each in a fiber of its own, until cancelled. A client that goes away cancels
   * its fiber. What a handler throws is answered (500, an `HttpError`'s own status, 413 for a body over its limit) or,
   * after the head was sent, cuts the connection; it never ends the server.
   *
   * If cancelled: accepts no more, closes idle connections, lets requests go on for `grace` ms, cancels the rest.
   */
  serve(handler: Handler): Operation<never> {
    checkFunction('handler', handler);
    if (this.#requests !== null || !this.raw.listening)
      throw new ClosedError('http.serve: the server is closed, or serves already');
    return this.#serve(handler);
  }

  *#serve(handler: Handler): Operation<never> {
    const stopping = event({ name: 'http.stop' });
    const requests = (): Operation<void> => this.#serveRequests(handler, stopping);
    return yield* scope(function* () {
      yield* spawn(requests);
      try {
        return yield* suspend<never>(() => {}, 'http.serve');
      } finally {
        stopping.set();
      }
    });
  }

  /** The requests' own scope: a stop of the server reaches them only after the grace. */
  *#serveRequests(handler: Handler, stopping: Event): Operation<void> {
    const accept = (requests: Scope): Operation<void> => this.#accept(requests, handler, stopping);
    yield* runScope(accept, { deadline: Infinity, shielded: true });
    this.raw.closeAllConnections();
  }

  *#accept(requests: Scope, handler: Handler, stopping: Event): Operation<void> {
    this.#requests = requests;
    const entry = this.#openEntry(requests);
    const offer = entry === null ? null : this.#offering(entry, requests, handler);
    this.#begin = (message, response) => {
      if (offer !== null) offer(message, response);
      else {
        const fiber = this.#start(requests, handler, handler, message, response, null);
        response.once('close', () => {
          if (!response.writableFinished) fiber.cancel('the client has gone');
        });
      }
      requests.loop.runIfCrowded();
    };
    for (const [message, response] of this.#early.splice(0)) if (!response.destroyed) this.#begin(message, response);
    yield* stopping.wait();
    entry?.close();
    requests.spawnDaemon(endOfGrace, requests, this.#options.grace ?? 10_000);
    yield* this.#drained();
  }

  #openEntry({ loop }: Scope): Entry | null {
    const { goal, backlog } = this.#options;
    if (goal === undefined) return null;
    return loop.openEntry({ name: `http :${this.port}`, goal, ...kernelQueueOf(this.raw, backlog) });
  }

  /** Requests ask to be let in, each by its kind. */
  #offering(
    entry: Entry,
    requests: Scope,
    handler: Handler,
  ): (message: IncomingMessage, response: ServerResponse) => void {
    const { kindOf = methodAndPath, priorityOf } = this.#options;
    const watch = new ConnectionWatch(this.raw, requests.loop, entry, this.#options.goal!);
    const start: StartRequest = (message, response, admitted) =>
      this.#start(requests, handler, admitted.body, message, response, admitted);
    return (message, response) => {
      const request = new ServerRequest(message);
      const first = watch.requested(message.socket);
      try {
        const priority = priorityOf?.(request) ?? 1;
        new RequestWork(kindOf(request), priority, first, message, response, start).offerTo(entry);
      } catch (error) {
        this.#fail(error, request, response);
      }
    };
  }

  #start(
    requests: Scope,
    handler: Handler,
    body: Function,
    message: IncomingMessage,
    response: ServerResponse,
    admitted: Admitted | null,
  ): Fiber {
    const request = new ServerRequest(message);
    return requests.startMember(body, this.#exchange(handler, request, response, admitted), false) as Fiber;
  }

  /** Closes the listener and idle connections, and waits until the busy ones have sent their replies and are closed. */
  *#drained(): Operation<void> {
    const { raw } = this;
    // Requests that still come on open connections are answered, and told that they were the last.
    raw.on('request', (_message, response) => void (response.shouldKeepAlive = false));
    yield* suspend<void>((resume) => {
      raw.once('close', () => resume());
      this.close();
      raw.closeIdleConnections();
      raw.getConnections((_error, count) => count === 0 && resume());
    }, 'http.drain');
  }

  *#exchange(
    handler: Handler,
    request: ServerRequest,
    response: ServerResponse,
    admitted: Admitted | null,
  ): Operation<void> {
    try {
      // The request's own scope: what the handler spawns and opens ends with it.
      yield* scope(answer, handler, request, response);
      this.#counts.served++;
      if (!this.raw.listening) request.raw.socket.end();
    } catch (error) {
      if (error instanceof CancelledError) {
        this.#counts.cancelled++;
        if (error.cause instanceof OverloadError && !response.headersSent) refuse(request.raw, response, 1000);
        else response.destroy();
        throw error;
      }
      this.#fail(error, request, response);
    } finally {
      admitted?.end();
    }
  }

  #fail(error: unknown, request: ServerRequest, response: ServerResponse): void {
    this.#counts.failed++;
    if (error instanceof OverloadError && !response.headersSent) return refuse(request.raw, response, 1000);
    const known = error instanceof HttpError ? error.status : error instanceof TooLargeError ? 413 : null;
    if (known === null && !response.destroyed) this.#report(error, request);
    if (response.headersSent) return void response.destroy();
    const status = known ?? 500;
    const body = known === null ? 'Internal Server Error' : (error as Error).message;
    response.shouldKeepAlive &&= request.raw.complete;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    sendWhole(response, status, { 'content-type': 'text/plain; charset=utf-8' }, `${body}\n`);
  }

  #report(error: unknown, request: ServerRequest): void {
    const { onError } = this.#options;
    tellWhere(error);
    try {
      if (onError !== undefined) onError(error, request);
      else console.error(`${request.method} ${request.path}:`, error);
    } catch (second) {
      console.error(second);
    }
  }

  /** Accepts no more. Requests under way go on. The second has no effect. */
  close(): void {
    if (this.raw.listening) this.raw.close();
  }
}

/**
 * Opens an HTTP server, which is closed with the scope in which `listen` is called.
 *
 * @throws `IoError` (`EADDRINUSE`, `EACCES`, …).
 * Suspends: until it listens. If cancelled: throws; nothing listens.
 *
 * @example
 * const server = yield* listen({ port: 8080 });
 * yield* server.serve(function* hello(request) {
 *   return text(`hello ${request.path}\n`);
 * });
 */
export function listen(options: HttpServerOptions = {}): Operation<HttpServer> {
  checkInteger('port', options.port ?? 0, 0, 65535);
  checkDuration('grace', options.grace ?? 0, true);
  if (options.goal !== undefined) checkGoal('goal', options.goal);
  return open(options, currentFiber('http.listen').scope);
}

function* open(options: HttpServerOptions, owner: Scope): Operation<HttpServer> {
  const raw =
    options.tls === undefined ? createServer(options.node ?? {}) : createTlsServer({ ...options.tls, ...options.node });
  yield* new Suspension<void>(LISTEN, raw, options);
  const server = new HttpServer(raw, options);
  ownedBy(owner, () => {
    server.close();
    raw.closeAllConnections();
  });
  return server;
}

function methodAndPath(request: ServerRequest): string {
  return `${request.method} ${request.path}`;
}

function* answer(_scope: unknown, handler: Handler, request: ServerRequest, response: ServerResponse): Operation<void> {
  yield* sendReply(response, yield* call(handler, request));
}

function* endOfGrace(requests: Scope, grace: number): Operation<void> {
  yield* sleep(grace);
  requests.cancel('the grace of the server is over');
}

const LISTEN: SuspensionKind<Server, HttpServerOptions, void> = new SuspensionKind({
  label: new Label('http.listen'),
  arm(suspension) {
    const server = suspension.subject as Server;
    const {
      port = 0,
      host,
      goal,
      backlog = goal === undefined ? undefined : USUAL_BACKLOG,
    } = suspension.argument as HttpServerOptions;
    server.once('error', (error) => suspension.fail(new IoError('http.listen', error)));
    server.listen({ port, ...(host !== undefined && { host }), ...(backlog !== undefined && { backlog }) }, () =>
      suspension.complete(undefined),
    );
  },
  abort(suspension) {
    (suspension.subject as Server).close();
    return true;
  },
});
