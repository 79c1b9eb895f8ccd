import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { types } from 'node:util';
import { checkDuration, checkFunction, checkGoal, checkInteger, expected } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import type { Known } from '../../base/known-options.js';
import { unheard } from '../../base/unheard.js';
import { current } from '../../fibers/current.js';
import { isOperation } from '../../fibers/foreign-yield.js';
import { isCancellation } from '../../fibers/is-cancellation.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import { PLAIN, Scope } from '../../fibers/scope.js';
import { tellWhere } from '../../fibers/tell-where.js';
import { until } from '../../fibers/until.js';
import { runScope } from '../../fibers/with-scope.js';
import { cutOff } from '../../io/cut-off.js';
import { answerOf, statusOf } from '../../io/http/status-of.js';
import { endOfGrace } from '../../io/http/end-of-grace.js';
import { RequestIntake } from '../../io/http/request-intake.js';
import type { Respondent, RequestWork } from '../../io/http/request-work.js';
import { KernelQueues } from '../../io/kernel-queue.js';
import { printError } from '../../io/print-error.js';
import { Runtime } from '../../runtime.js';
import { AttachedServer, speaksHttp2 } from './attached-server.js';

export interface HostOptions {
  /**
   * How long an answer may take, in ms, before it is worthless to the client. With a goal only as many requests are admitted
   * as can be answered in that time, and the others are answered 503; without one all are admitted.
   */
  readonly goal?: number;
  /** A request's share of the processor relative to others; 1 unless given. Above 1 it is admitted first. */
  readonly priorityOf?: (request: IncomingMessage) => number;
  /**
   * Length of the kernel's queue of connections to be accepted. Used only with a goal, when it overrides what the server
   * was told to listen with. Unless given, as many as can be served in time, as in `heddle/http`.
   */
  readonly backlog?: number;
  /** How long requests may continue after `close`, in ms; 10,000 unless given, `Infinity` for no limit. */
  readonly grace?: number;
  /** Runs the fibers; unless given, the current fiber's runtime, or outside of fibers a new one. */
  readonly runtime?: Runtime;
}

export const HOST_OPTIONS: Known<HostOptions> = {
  goal: true,
  priorityOf: true,
  backlog: true,
  grace: true,
  runtime: true,
};

/**
 * What a request's fiber runs, and callbacks for how it ended. Neither is called if a request with a connection was cancelled:
 * its response is closed or, if it was stopped for want of resources, refused.
 */
export interface Handling<T> {
  /** Makes the operation that the fiber runs. */
  operation(): Operation<T>;
  done(value: T): void;
  failed(error: unknown): void;
}

/**
 * Runs the handlers of a server that heddle did not make as fibers. Shared by the doors for `node:http`, Express, Fastify and
 * Hono: each adds how its framework names routes and receives results.
 */
export class RequestHost {
  /** Null if the fibers run in the runtime of the fiber that opened the host. */
  readonly runtime: Runtime | null;
  private readonly requests: Scope;
  private readonly intake: RequestIntake;
  private readonly kernel: KernelQueues;
  private readonly options: HostOptions;
  private readonly grace: number;
  private readonly servers: AttachedServer[] = [];
  /** Servers whose connections are counted. */
  private readonly watched: Server[] = [];
  /** By kind: a function whose name names the fibers of requests that need no admission. */
  private readonly bodies: Map<string, Function> = new Map();
  private closing: Promise<void> | null = null;
  private disown: () => void = () => {};

  constructor(name: string, options: HostOptions) {
    const { goal, grace = 10_000, backlog, priorityOf, runtime } = options;
    if (goal !== undefined) checkGoal('goal', goal);
    checkDuration('grace', grace, true);
    if (backlog !== undefined) checkInteger('backlog', backlog, 1);
    if (priorityOf !== undefined) checkFunction('priorityOf', priorityOf);
    if (runtime !== undefined && !(runtime instanceof Runtime)) throw expected('runtime', 'a Runtime', runtime);
    this.options = options;
    this.grace = grace;
    const { fiber } = current;
    this.runtime = runtime ?? (fiber === null ? new Runtime() : null);
    const loop = this.runtime === null ? fiber!.loop : this.runtime.loop;
    // A root scope, as `run` makes one, so that requests can continue for the grace after the program's scope is cancelled.
    this.requests = new Scope(loop, null, null, PLAIN);
    this.kernel = new KernelQueues(this.watched, backlog);
    this.intake = new RequestIntake(this.requests, { name, goal, kernel: this.kernel.options });
    if (fiber !== null) this.disown = ownedBy(fiber.scope, () => until(this.close(), 'http.close'));
  }

  /** Whether requests need admission: if there is a goal. */
  get governed(): boolean {
    return this.intake.governed;
  }

  /** Watches a server, and closes it when the host is closed. */
  attach<S extends Server>(server: S): S {
    if (typeof server?.on !== 'function')
      throw expected('server', 'a server of node:http, node:https or node:http2', server);
    this.watch(server);
    this.servers.push(new AttachedServer(server));
    return server;
  }

  /** With a goal, counts a server's connections and sets its backlog; not over HTTP/2, whose connections carry many requests. */
  watch(server: Server): void {
    if (!this.governed || speaksHttp2(server)) return;
    this.intake.watch(server as HttpServer);
    this.watched.push(server);
    if (server.listening) this.kernel.tell(server);
    server.on('listening', () => this.kernel.tell(server));
  }

  /** Watches the server that accepted `socket`: Fastify makes a second server for the other address of `localhost`. */
  watchServerOf(socket: Socket & { readonly server?: Server }): void {
    const { server } = socket;
    if (server !== undefined && !this.watched.includes(server)) this.watch(server);
  }

  /**
   * Asks for admission of a request, unless a fiber of it was let in under the same kind, which names the route and not the path.
   */
  offer(kind: string, message: IncomingMessage, response: ServerResponse, respondent: Respondent): void {
    if (this.requests.closed) {
      response.shouldKeepAlive = false;
      return respondent.refuse(CLOSED_MS);
    }
    const visited: Visited = response;
    const before = visited[WORK];
    let work = before === undefined ? null : this.intake.goOn(before, kind, respondent);
    if (work === null) {
      const priority = this.governed ? (this.options.priorityOf?.(message) ?? 1) : 1;
      work = this.intake.offer(kind, priority, message, response, respondent);
    }
    visited[WORK] = work;
    this.requests.loop.runIfCrowded();
  }

  /** The fiber that answers a request leaves it to the handlers behind it. */
  passOn(response: ServerResponse): void {
    (response as Visited)[WORK]?.passOn();
  }

  /** Starts the fiber of an admitted request. */
  start<T>(kind: string, work: RequestWork, handling: Handling<T>): void {
    work.start(this.requests, work.body ?? this.bodyOf(kind), this.perform(handling, work));
  }

  /** Starts a fiber for a request without a connection, as made by the test helpers of a framework. */
  startDetached<T>(kind: string, handling: Handling<T>): void {
    this.requests.startMember(this.bodyOf(kind), this.perform(handling, null), false);
  }

  /** Calls `f` in the next turn of the event loop, when what was to be settled in this one has been. */
  later(f: () => void): void {
    this.requests.loop.clock.defer(f);
  }

  /** As `ServerFibers.close`. */
  close(): Promise<void> {
    return (this.closing ??= this.drain());
  }

  private async drain(): Promise<void> {
    const { servers, intake, grace } = this;
    const { clock } = this.requests.loop;
    const end = clock.now() + grace;
    intake.responses.spare(() => {
      for (const server of servers) server.stop();
    }, grace);
    if (grace < Infinity) this.requests.spawnDaemon(endOfGrace, this.requests, intake, grace);
    // Requests that wait, or come on open connections, are let in as ever until none is left: a stop is no overload.
    await intake.responses.quiet(grace);
    intake.close();
    await new Promise<void>((resolve) => {
      this.requests.close(() => {
        this.requests.end();
        resolve();
      });
    });
    await intake.responses.left(Math.max(0, end - clock.now()));
    for (const server of servers) server.end(end - clock.now());
    this.disown();
  }

  private *perform<T>(handling: Handling<T>, work: RequestWork | null): Operation<void> {
    try {
      // The request's own scope: what the handler spawns and opens ends with it.
      const end = yield* runScope(() => handling.operation(), PLAIN);
      const value = end.result();
      if (isOperation(value))
        throw new MisuseError('The handler returned an operation that was never run: write `return yield* …`');
      if (types.isPromise(value)) {
        unheard(value);
        throw new MisuseError(
          'The handler returned a promise that it has not waited for: write `return yield* until(…)`',
        );
      }
      handling.done(value);
    } catch (error) {
      if (isCancellation(error)) {
        if (work === null) this.fail(handling, null, error);
        else work.stopped(error);
        throw error;
      }
      this.fail(handling, work, error);
    } finally {
      work?.end();
    }
  }

  /** `failed` may throw, as if the framework has already sent something else: that must not fail the scope of all requests. */
  private fail<T>(handling: Handling<T>, work: RequestWork | null, error: unknown): void {
    const answer = answerOf(error);
    // An answer to the client is no fault whose place is sought, and may be frequent.
    if (statusOf(answer) === null) tellWhere(answer);
    try {
      handling.failed(answer);
    } catch (second) {
      printError(second);
      if (work !== null) cutOff(work.response);
    }
  }

  private bodyOf(kind: string): Function {
    let body = this.bodies.get(kind);
    if (body !== undefined) return body;
    body = Object.defineProperty(() => {}, 'name', { value: kind });
    // Kinds may come from clients. Beyond the bound the function is made anew each time, which only costs time.
    if (this.bodies.size < MOST_KINDS) this.bodies.set(kind, body);
    return body;
  }
}

/** The property of a response that holds the work of the last of its fibers. */
const WORK = Symbol('heddle.work');
interface Visited extends ServerResponse {
  [WORK]?: RequestWork;
}

const MOST_KINDS = 1000;
/** When a client refused by a closed host should retry, in ms: at another process. */
const CLOSED_MS = 1000;
