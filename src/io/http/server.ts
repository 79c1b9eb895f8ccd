import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { checkFunction } from '../../base/check.js';
import { ClosedError, IoError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import { isCancellation } from '../../fibers/is-cancellation.js';
import type { Operation } from '../../fibers/operation.js';
import { PLAIN, type Scope } from '../../fibers/scope.js';
import { call } from '../../fibers/segment.js';
import { spawn } from '../../fibers/spawn.js';
import { suspend } from '../../fibers/suspend.js';
import { event, type Event } from '../../fibers/sync/event.js';
import { runScope, scope } from '../../fibers/with-scope.js';
import { outlives } from '../accept-errors.js';
import { KernelQueues } from '../kernel-queue.js';
import { placeOf } from '../place.js';
import { printError } from '../print-error.js';
import { renewCertificate, type NewCertificate } from '../renew-certificate.js';
import { answerFailure } from './answer-failure.js';
import { endOfGrace } from './end-of-grace.js';
import type { HttpServerOptions } from './http-server-options.js';
import { lingerAfter } from './linger.js';
import { OpenConnections } from './open-connections.js';
import type { Reply } from './reply.js';
import { refuse } from './refuse.js';
import { report } from './report.js';
import { RequestIntake } from './request-intake.js';
import type { RequestWork } from './request-work.js';
import { sendReply } from './send-reply.js';
import { ServerRequest } from './server-request.js';
import { answerOf } from './status-of.js';
import { readOn, stopReading } from './stop-reading.js';

/** Answers one request, in a fiber and a scope of its own. What it throws is answered as `HttpServer.serve` says. */
export type Handler = (request: ServerRequest) => Operation<Reply>;

/** A listening HTTP server. Parsing is `node:http`'s. */
export class HttpServer {
  /** Node's own object, for what is missing here. */
  readonly raw: Server;
  /** Where it listens, or did before it was closed. */
  readonly #address: AddressInfo;
  readonly #options: HttpServerOptions;
  readonly #connections: OpenConnections;
  readonly #grace: number;
  #tls: TlsOptions | undefined;
  #requests: Scope | null = null;
  #intake: RequestIntake | null = null;
  /** Why it does not listen any more: it broke, or was closed. */
  #failure: IoError | ClosedError | null = null;
  /** Ends `serve`. */
  #stopped: ((failure: Error) => void) | null = null;
  #begin: ((message: IncomingMessage, response: ServerResponse) => void) | null = null;
  /** Requests that arrived between `listen` and `serve`: of each connection the first one and those that were read with it. */
  readonly #early: [message: IncomingMessage, response: ServerResponse][] = [];
  #counts = { active: 0, served: 0, failed: 0, cancelled: 0 };

  constructor(raw: Server, options: HttpServerOptions) {
    this.raw = raw;
    this.#address = placeOf(raw, options.fd);
    this.#options = options;
    this.#connections = new OpenConnections(raw);
    this.#grace = options.grace ?? 10_000;
    this.#tls = options.tls && { ...options.tls, ...(options.node as TlsOptions | undefined) };
    raw.on('request', (message, response) => {
      if (this.#begin !== null) return this.#begin(message, response);
      this.#early.push([message, response]);
      // A client may send any number of requests without waiting for answers.
      stopReading(message.socket);
    });
    raw.on('error', (error) => this.#erred(error));
  }

  /** For its scope: closes it, and cuts off its connections. */
  static abandon(server: HttpServer): void {
    server.close();
    server.#connections.destroyAll();
  }

  /** 0 for a Unix socket. */
  get port(): number {
    return this.#address.port;
  }

  /** Where it can be reached from this machine; of a Unix socket as nginx writes it, `http://unix:/run/app.sock`. */
  get url(): string {
    const { address, family, port } = this.#address;
    const any = address === '::' || address === '0.0.0.0';
    const host = any ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    const place = port === 0 ? `unix:${address}` : `${host}:${port}`;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${place}`;
  }

  /** Requests in progress, and how the others have ended. */
  stats(): { readonly active: number; readonly served: number; readonly failed: number; readonly cancelled: number } {
    return Object.freeze({ ...this.#counts });
  }

  /**
   * Answers every request by `handler`, each in a fiber of its own, until cancelled. When a client goes away, its fiber
   * is cancelled. What a handler throws is answered (an `HttpError` with its own status, `TooLargeError` with 413,
   * `OverloadError` with 503, all else with 500) or, once its reply has begun, cuts the connection; it never ends the
   * server.
   *
   * @throws `ClosedError` once it is closed, `IoError` if it can accept no more, each after it has stopped as if
   * cancelled; `ClosedError` at once if it serves already.
   * Suspends: always. If cancelled: accepts no more, closes idle connections, lets requests go on for `grace` ms,
   * cancels the rest, then throws.
   */
  serve(handler: Handler): Operation<never> {
    checkFunction('handler', handler);
    if (this.#failure !== null) throw this.#failure;
    if (this.#requests !== null || !this.raw.listening) throw closed('is closed, or serves already');
    return this.#serve(handler);
  }

  *#serve(handler: Handler): Operation<never> {
    const stopping = event({ name: 'http.stop' });
    const requests = (): Operation<void> => this.#serveRequests(handler, stopping);
    const stopped = suspend<never>((resume) => this.#whenStopped(resume.fail), 'http.serve');
    return yield* scope(function* () {
      yield* spawn(requests);
      try {
        return yield* stopped;
      } finally {
        stopping.set();
      }
    });
  }

  /** The requests have a scope of their own: a stop of the server reaches them only after the grace. */
  *#serveRequests(handler: Handler, stopping: Event): Operation<void> {
    const accept = (requests: Scope): Operation<void> => this.#accept(requests, handler, stopping);
    yield* runScope(accept, { deadline: Infinity, shielded: true });
    this.#connections.destroyAll();
  }

  *#accept(requests: Scope, handler: Handler, stopping: Event): Operation<void> {
    this.#requests = requests;
    const { goal, backlog } = this.#options;
    const kernel = new KernelQueues([this.raw], backlog).options;
    const name = this.port === 0 ? `http ${this.#address.address}` : `http :${this.port}`;
    const intake = new RequestIntake(requests, { name, goal, kernel });
    this.#intake = intake;
    intake.watch(this.raw);
    this.#begin = (message, response) => {
      this.#offer(intake, handler, message, response);
      requests.loop.runIfCrowded();
    };
    for (const [message, response] of this.#early.splice(0)) {
      if (!message.socket.destroyed) this.#begin(message, response);
      readOn(message.socket);
    }
    yield* stopping.wait();
    if (this.#grace < Infinity) requests.spawnDaemon(endOfGrace, requests, intake, this.#grace);
    try {
      yield* this.#drained();
    } finally {
      // Until then requests that wait, or come on open connections, are let in as ever: a stop is no overload.
      intake.close();
    }
  }

  /** Offers a request to be admitted, by its kind. */
  #offer(intake: RequestIntake, handler: Handler, message: IncomingMessage, response: ServerResponse): void {
    const request = new ServerRequest(message);
    const { kindOf = methodAndPath, priorityOf } = this.#options;
    try {
      const kind = intake.governed ? kindOf(request) : '';
      const priority = intake.governed ? (priorityOf?.(request) ?? 1) : 1;
      intake.offer(kind, priority, message, response, {
        begin: (work) => work.start(intake.requests, work.body ?? handler, this.#exchange(handler, request, work)),
        refuse: (retryAfterMs) => refuse(message, response, retryAfterMs),
      });
    } catch (error) {
      this.#fail(error, request, response);
    }
  }

  /** Closes the listener and idle connections, and waits until the busy ones have sent their replies and are closed. */
  *#drained(): Operation<void> {
    const { raw } = this;
    yield* suspend<void>((resume) => {
      raw.once('close', () => resume());
      this.close();
      raw.getConnections((_error, count) => count === 0 && resume());
    }, 'http.drain');
  }

  *#exchange(handler: Handler, request: ServerRequest, work: RequestWork): Operation<void> {
    const { response } = work;
    this.#counts.active++;
    try {
      // The request's own scope: what the handler spawns and opens ends with it.
      const end = yield* runScope((own) => answer(handler, request, response, own), PLAIN);
      end.result();
      this.#counts.served++;
    } catch (error) {
      if (isCancellation(error)) {
        this.#counts.cancelled++;
        work.stopped(error);
        throw error;
      }
      this.#fail(error, request, response);
    } finally {
      this.#counts.active--;
      work.end();
      ServerRequest.dropRest(request);
      if (!this.raw.listening) this.#intake!.responses.endAfter(response);
    }
  }

  #fail(thrown: unknown, request: ServerRequest, response: ServerResponse): void {
    this.#counts.failed++;
    try {
      const error = answerOf(thrown);
      answerFailure(request.raw, response, error, () =>
        report(error, request, this.#options.onError, `${request.method} ${request.path}`),
      );
    } catch (second) {
      // The error throws when it is looked at, or it cannot be sent.
      printError(second);
      response.destroy();
    }
  }

  /** An `'error'` event of the listening server. */
  #erred(error: Error): void {
    if (!outlives(error)) this.#stop(new IoError('http.accept', error));
  }

  #whenStopped(stopped: (failure: Error) => void): void {
    this.#stopped = stopped;
    if (this.#failure !== null) stopped(this.#failure);
  }

  /**
   * Gives a server of HTTPS a new certificate, for the handshakes that begin from now on. What is not named stays as it was given
   * in `tls`, such as `ca`. Connections that are open stay. A plain call.
   *
   * @throws `ArgumentError`, also if `key` does not belong to `cert`; `IoError` if it cannot be used. The server then keeps the
   * certificate that it has.
   */
  renewCertificate(renewed: NewCertificate): void {
    this.#tls = renewCertificate(this.raw, this.#tls, renewed);
  }

  /**
   * Accepts no more, and closes idle connections. Requests in progress go on for `grace` ms, and replies on their way
   * arrive; then `serve` ends with a `ClosedError`. A plain call; twice is allowed.
   */
  close(): void {
    this.#stop(closed('is closed'));
  }

  #stop(failure: IoError | ClosedError): void {
    this.#failure ??= failure;
    this.#stopped?.(this.#failure);
    const { raw } = this;
    const close = (): void => {
      if (raw.listening) raw.close();
      else raw.closeIdleConnections();
      this.#connections.closeSilent();
    };
    if (this.#intake === null) close();
    else this.#intake.responses.spare(close, this.#grace);
  }
}

printAs(HttpServer, 'HttpServer', (one) => ({ url: one.url, ...one.stats() }));

function closed(how: string): ClosedError {
  return new ClosedError(`http.serve: the server ${how}`);
}

function methodAndPath(request: ServerRequest): string {
  return `${request.method} ${request.path}`;
}

function* answer(handler: Handler, request: ServerRequest, response: ServerResponse, own: Scope): Operation<void> {
  ServerRequest.tie(request, own);
  const reply = yield* call(handler, request);
  lingerAfter(request.raw);
  yield* sendReply(response, reply);
}
