import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Env, Input } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { checkFunction } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { cutOff } from '../../io/cut-off.js';
import { isClosed } from '../../io/http/is-closed.js';
import { retryAfter } from '../../io/http/retry-after.js';
import { wasAnswered } from '../../io/http/was-answered.js';
import { statusOf } from '../../io/http/status-of.js';
import { asError } from './as-error.js';
import type { Handling, HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

/** Returns the response, as made by `context.json(…)` and the like. */
export type HonoHandler<E extends Env, P extends string, I extends Input, R> = (
  context: Context<E, P, I>,
) => Operation<R>;

/** What `@hono/node-server` gives to handlers as their environment. */
interface NodeBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Runs handlers of Hono as fibers. */
export class HonoFibers extends ServerFibers {
  constructor(options: HostOptions) {
    super('hono', options);
  }

  /**
   * A handler that runs `handler` in a fiber of its own. A client that goes away cancels it. What it throws goes to the
   * application's `onError`, as an `async` handler's rejection does.
   */
  handler<E extends Env, P extends string, I extends Input, R extends Response>(
    handler: HonoHandler<E, P, I, R>,
  ): (context: Context<E, P, I>) => Promise<R> {
    checkFunction('handler', handler);
    return (context) => this.run(context, () => handler(context));
  }

  /**
   * Runs a request in a fiber of its own, as `handler` does, where a handler of Hono's has begun already: what that infers
   * for its context (parameters, variables, validated bodies, what a typed client gets) holds in the fiber.
   *
   * @example
   * app.get('/users/:id', (context) =>
   *   fibers.run(context, function* () {
   *     return context.json(yield* loadUser(context.req.param('id')));
   *   }),
   * );
   */
  run<E extends Env, P extends string, I extends Input, R extends Response>(
    context: Context<E, P, I>,
    body: () => Operation<R>,
  ): Promise<R> {
    checkFunction('body', body);
    return new Promise<R>((resolve, reject) => {
      const kind = `${context.req.method} ${routePath(context)}`;
      const { incoming, outgoing } = (context.env ?? {}) as Partial<NodeBindings>;
      const handling: Handling<R> = {
        operation: body,
        done: resolve,
        failed(error) {
          // What the fiber has begun itself, the answer to its failure would else seem to complete.
          if (outgoing?.headersSent) cutOff(outgoing);
          reject(asException(error));
        },
      };
      // As `app.request()` has them.
      if (incoming === undefined || outgoing === undefined) return this.host.startDetached(kind, handling);
      // Nobody reads what is answered to a client that has gone, but whoever waits for the promise must go on.
      const gone = (): void => {
        if (outgoing.headersSent) resolve(alreadySent() as R);
        else reject(new HTTPException(503, { message: 'the connection was closed' }));
      };
      if (isClosed(outgoing)) return gone();
      outgoing.once('close', () => {
        if (!wasAnswered(outgoing)) gone();
      });
      this.host.offer(kind, incoming, outgoing, {
        begin: (work) => this.host.start(kind, work, handling),
        refuse: (retryAfterMs) => resolve(overloaded(retryAfterMs) as R),
      });
    });
  }
}

/** `RESPONSE_ALREADY_SENT` of `@hono/node-server`, which would print that it cannot send another one. */
function alreadySent(): Response {
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

function overloaded(retryAfterMs: number): Response {
  return new Response(null, { status: 503, headers: { 'retry-after': retryAfter(retryAfterMs) } });
}

/** What Hono answers by itself; other errors are its `onError`'s. A status that is no error's would have no body, or be none. */
function asException(thrown: unknown): Error {
  const status = statusOf(thrown);
  const error = asError(thrown);
  if (status === null || status < 400 || status > 599) return error;
  return new HTTPException(status as 400, { message: error.message, cause: error });
}

/**
 * Opens a host for handlers of a Hono application on Node. Inside of a fiber it belongs to the current scope; elsewhere it
 * is to be closed, by `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = honoFibers({ goal: 500 });
 * app.get('/users/:id', fibers.handler(showUser));
 * fibers.attach(serve({ fetch: app.fetch, port: 8080 }));
 */
export function honoFibers(options: HostOptions = {}): HonoFibers {
  return new HonoFibers(options);
}
