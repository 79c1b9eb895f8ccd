import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { checkFunction, describe } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { asHttpError } from './as-http-error.js';
import type { HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

/** Answers by `response`, or calls `next`. `P` are the parameters of the route. */
export type ExpressHandler<P, ResponseBody, RequestBody, Query> = (
  request: Request<P, ResponseBody, RequestBody, Query>,
  response: Response<ResponseBody>,
  next: NextFunction,
) => Operation<unknown>;

/** Runs handlers of Express as fibers. */
export class ExpressFibers extends ServerFibers {
  constructor(options: HostOptions) {
    super('express', options);
  }

  /**
   * A handler that runs `handler` in a fiber of its own. A client that goes away cancels it. What it throws goes to the
   * error handlers of the application, as an `async` handler's rejection does.
   */
  handler<P = Request['params'], ResponseBody = unknown, RequestBody = unknown, Query = Request['query']>(
    handler: ExpressHandler<P, ResponseBody, RequestBody, Query>,
  ): RequestHandler<P, ResponseBody, RequestBody, Query> {
    checkFunction('handler', handler);
    return (request, response, next) =>
      this.offer(kindOf(request), request, response, {
        operation: () => handler(request, response, next),
        done() {},
        // As Express does with a rejection: its `next` takes nothing for no error.
        failed: (error) => next(asHttpError(error) || new Error(`The handler threw ${describe(error)}`)),
      });
  }
}

/**
 * The route, not the path: `GET /users/:id`. Middleware has none, and is known by where it is mounted. Of the path of a router
 * Express tells only what it has matched, so that parameters in it make a kind of each value.
 */
function kindOf<P, A, B, Q>({ method, baseUrl, route }: Request<P, A, B, Q>): string {
  return `${method} ${baseUrl}${String((route as { readonly path: unknown } | undefined)?.path ?? '')}`;
}

/**
 * Opens a host for handlers of an Express application. Inside of a fiber it belongs to the current scope; elsewhere it is
 * to be closed, by `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = expressFibers({ goal: 500 });
 * app.get('/users/:id', fibers.handler(showUser));
 * fibers.attach(app.listen(8080));
 */
export function expressFibers(options: HostOptions = {}): ExpressFibers {
  return new ExpressFibers(options);
}
