import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { checkFunction, describe, expected } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { asHttpError } from './as-http-error.js';
import { HOST_OPTIONS, type HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

/** Answers through `response`, or calls `next`. `P` are the parameters of the route. */
export type ExpressHandler<P, ResponseBody, RequestBody, Query> = (
  request: Request<P, ResponseBody, RequestBody, Query>,
  response: Response<ResponseBody>,
  next: NextFunction,
) => Operation<unknown>;

/** Runs Express handlers as fibers; made by `expressFibers`. */
export class ExpressFibers extends ServerFibers {
  constructor(options: HostOptions) {
    super('express', options);
  }

  /**
   * Makes an Express handler that runs `handler` in a fiber of its own for each request. If the client goes away, the fiber is
   * cancelled. What it throws goes to the application's error handlers, as a rejection of an `async` handler does.
   *
   * @throws `ArgumentError`.
   */
  handler<P = Request['params'], ResponseBody = unknown, RequestBody = unknown, Query = Request['query']>(
    handler: ExpressHandler<P, ResponseBody, RequestBody, Query>,
  ): RequestHandler<P, ResponseBody, RequestBody, Query> {
    checkFunction('handler', handler);
    // Express would call it as any other handler, with the request in place of the error.
    if (handler.length > 3) throw expected('handler', HANDLER, handler);
    return (request, response, next) =>
      this.offer(kindOf(request), request, response, {
        operation: () => handler(request, response, this.passing(response, next)),
        done() {},
        // As Express does with a rejection: `next` takes a falsy value for no error.
        failed: (error) => next(asHttpError(error) || new Error(`The handler threw ${describe(error)}`)),
      });
  }

  /** `next` for a fiber, whose request goes on when it has ended. */
  private passing(response: ServerResponse, next: NextFunction): NextFunction {
    return (argument?: unknown) => {
      this.host.passOn(response);
      next(argument);
    };
  }
}

const HANDLER =
  'a function* of `request`, `response` and `next`; an error handler stays a plain function, without `fibers.handler`';

/**
 * The kind is the route, not the path: `GET /users/:id`. Middleware has no route, and is named by where it is mounted. Of a
 * router's path Express only tells the matched text, so parameters in it make a kind for each value.
 */
function kindOf<P, A, B, Q>({ method, baseUrl, route }: Request<P, A, B, Q>): string {
  return `${method} ${baseUrl}${String((route as { readonly path: unknown } | undefined)?.path ?? '')}`;
}

/**
 * Opens a host for the handlers of an Express application. Inside of a fiber the current scope closes it; elsewhere close it
 * with `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = expressFibers({ goal: 500 });
 * app.get('/users/:id', fibers.handler(showUser));
 * fibers.attach(app.listen(8080));
 */
export function expressFibers(options: HostOptions = {}): ExpressFibers {
  checkKnown('expressFibers', options, HOST_OPTIONS);
  return new ExpressFibers(options);
}
