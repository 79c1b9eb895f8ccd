import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Env, Input, Next } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { checkFunction, describe } from '../../base/check.js';
import { MisuseError, OverloadError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { cutOff } from '../../io/cut-off.js';
import { isClosed, wasAnswered } from '../../io/http/response-state.js';
import { OVERLOADED_MS, retryAfter } from '../../io/http/retry-after.js';
import { statusOf } from '../../io/http/status-of.js';
import { asError } from './as-error.js';
import { HOST_OPTIONS, type Handling, type HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

/** Returns the response, as made by `context.json(…)` and the like; as middleware, `return yield* until(next())`. */
export type HonoHandler<E extends Env, P extends string, I extends Input, R> = (
  context: Context<E, P, I>,
  next: Next,
) => Operation<R>;

/** The environment that `@hono/node-server` gives to handlers. */
interface NodeBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Runs Hono handlers as fibers; made by `honoFibers`. */
export class HonoFibers extends ServerFibers {
  constructor(options: HostOptions) {
    super('hono', options);
  }

  /**
   * Makes a Hono handler, or middleware, that runs `handler` in a fiber of its own for each request. If the client goes away, the
   * fiber is cancelled. What it throws goes to the application's `onError`, as a rejection of an `async` handler does.
   *
   * @throws `ArgumentError`.
   */
  handler<E extends Env, P extends string, I extends Input, R extends Response | void>(
    handler: HonoHandler<E, P, I, R>,
  ): (context: Context<E, P, I>, next: Next) => Promise<R> {
    checkFunction('handler', handler);
    return (context, next) => this.run(context, () => handler(context, next));
  }

  /**
   * Runs a request in a fiber of its own, as `handler` does, from within a plain Hono handler. The types that Hono infers there
   * (parameters, variables, validated bodies, results for a typed client) thus hold in the fiber.
   *
   * @throws `ArgumentError`.
   * @returns what `body` returns; (rejects) what `body` threw, as an `Error`.
   *
   * @example
   * app.get('/users/:id', (context) =>
   *   fibers.run(context, function* () {
   *     return context.json(yield* loadUser(context.req.param('id')));
   *   }),
   * );
   */
  run<E extends Env, P extends string, I extends Input, R extends Response | void>(
    context: Context<E, P, I>,
    body: () => Operation<R>,
  ): Promise<R> {
    checkFunction('body', body);
    return new Promise<R>((resolve, reject) => {
      let done = false;
      const kind = kindOf(context);
      const { incoming, outgoing } = (context.env ?? {}) as Partial<NodeBindings>;
      const handling: Handling<R> = {
        operation: body,
        done(result) {
          // `next` gives the context, whatever its type says, and Hono takes that for nothing only if there is a response.
          const value = Object.is(result, context) ? (undefined as R) : result;
          checkResponse(value);
          // Once there is a response, as around `next`, Hono ignores what is returned.
          if (outgoing?.headersSent && !context.finalized && !saysAlreadySent(value)) throw twoReplies();
          done = true;
          resolve(value);
        },
        failed(error) {
          if (outgoing?.headersSent) conclude(outgoing);
          reject(asException(error));
        },
      };
      // `app.request()` has no connection.
      if (incoming === undefined || outgoing === undefined) return this.host.startDetached(kind, handling);
      // The client has gone and nobody reads the reply, but the promise must settle all the same.
      const gone = (): void => {
        if (outgoing.headersSent) conclude(outgoing);
        resolve(new Response(null, { status: GONE }) as R);
      };
      if (isClosed(outgoing)) return gone();
      outgoing.once('close', () => {
        if (!done && !wasAnswered(outgoing)) gone();
      });
      this.host.offer(kind, incoming, outgoing, {
        begin: (work) => this.host.start(kind, work, handling),
        refuse: (retryAfterMs) => resolve(overloaded(retryAfterMs) as R),
      });
    });
  }
}

/**
 * The kind is the route, not the path; where none matched it is the method alone. Asked of the request itself: `hono/route` knows
 * only requests of its own copy of Hono, and a CommonJS application always has another than this module.
 */
function kindOf<E extends Env, P extends string, I extends Input>({ req }: Context<E, P, I>): string {
  return `${req.method} ${req.matchedRoutes[req.routeIndex]?.path ?? ''}`;
}

/** By its name, since `@hono/node-server` has a class of its own for it. Where there is nothing Hono answers 404. */
function checkResponse(value: unknown): void {
  if ((value ?? null) === null || Object.prototype.toString.call(value) === '[object Response]') return;
  throw new MisuseError(
    `The handler returned ${describe(value)}. It has to return a Response: write \`return context.json(…)\``,
  );
}

/** As `RESPONSE_ALREADY_SENT` of `@hono/node-server`, which sends nothing then. */
function saysAlreadySent(response: Response | void): boolean {
  return response?.headers.has('x-hono-already-sent') ?? false;
}

function twoReplies(): MisuseError {
  return new MisuseError(
    'The handler has begun to write the reply itself, and cannot return another: write `return RESPONSE_ALREADY_SENT`, which ' +
      '`@hono/node-server/utils/response` exports',
  );
}

/**
 * Cuts off a reply that the fiber has begun itself, unless it is complete. Then nothing more can be sent, but
 * `@hono/node-server` would try, with what the application makes of the failure, and log that it cannot.
 */
function conclude(outgoing: ServerResponse): void {
  if (!outgoing.writableEnded) cutOff(outgoing);
  const ignore = (): ServerResponse => outgoing;
  Object.assign(outgoing, { writeHead: ignore, write: () => true, end: ignore });
}

/** As nginx logs it. An error would be no better: `onError` would be told of clients that are free to leave. */
const GONE = 499;

function overloaded(retryAfterMs: number): Response {
  return new Response(null, { status: 503, headers: { 'retry-after': retryAfter(retryAfterMs) } });
}

/** An exception that Hono answers itself, if the status is one of an error; other errors are left to `onError`. */
function asException(thrown: unknown): Error {
  const status = statusOf(thrown);
  const error = asError(thrown);
  if (status === null || status < 400 || status > 599) return error;
  const told = { message: error.message, cause: error };
  return new HTTPException(
    status as 400,
    isInstance(error, OverloadError) ? { ...told, res: overloaded(OVERLOADED_MS) } : told,
  );
}

/**
 * Opens a host for the handlers of a Hono application on Node. Inside of a fiber the current scope closes it; elsewhere close
 * it with `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = honoFibers({ goal: 500 });
 * app.get('/users/:id', fibers.handler(showUser));
 * fibers.attach(serve({ fetch: app.fetch, port: 8080 }));
 */
export function honoFibers(options: HostOptions = {}): HonoFibers {
  checkKnown('honoFibers', options, HOST_OPTIONS);
  return new HonoFibers(options);
}
