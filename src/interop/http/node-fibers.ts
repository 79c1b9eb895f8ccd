import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { checkFunction } from '../../base/check.js';
import { nameOf } from '../../base/name-of.js';
import type { Operation } from '../../fibers/operation.js';
import { cutOff } from '../../io/cut-off.js';
import { hasGone } from '../../io/http/has-gone.js';
import { report } from '../../io/http/report.js';
import { sendFailure } from '../../io/http/send-failure.js';
import { statusOf } from '../../io/http/status-of.js';
import type { HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

export interface NodeFibersOptions extends HostOptions {
  /**
   * Tells kinds of requests apart, by whose cost each is judged; the handler's name unless given, or without one the
   * method. There should be tens of kinds: a route, and not a path with ids in it.
   */
  readonly kindOf?: (request: IncomingMessage) => string;
  /** Is told what handlers threw, except what answers the client (`HttpError`); prints it unless given. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/** Answers by `response`. Of a server of `node:http2` both are what that has in their place. */
export type NodeHandler<
  Q extends IncomingMessage | Http2ServerRequest = IncomingMessage,
  S extends ServerResponse | Http2ServerResponse = ServerResponse,
> = (request: Q, response: S) => Operation<unknown>;

/** Runs handlers of `node:http` as fibers. */
export class NodeFibers extends ServerFibers {
  private readonly options: NodeFibersOptions;

  constructor(options: NodeFibersOptions) {
    super('node:http', options);
    const { kindOf, onError } = options;
    if (kindOf !== undefined) checkFunction('kindOf', kindOf);
    if (onError !== undefined) checkFunction('onError', onError);
    this.options = options;
  }

  /**
   * A request listener that runs `handler` in a fiber of its own. A client that goes away cancels it. What it throws is
   * answered (500, an `HttpError`'s own status) or, in the middle of its reply, cuts the connection.
   */
  handler<
    Q extends IncomingMessage | Http2ServerRequest = IncomingMessage,
    S extends ServerResponse | Http2ServerResponse = ServerResponse,
  >(handler: NodeHandler<Q, S>): (request: Q, response: S) => void {
    checkFunction('handler', handler);
    const { kindOf } = this.options;
    const respond = (request: IncomingMessage, response: ServerResponse): void => {
      const failed = (error: unknown): void => this.#fail(error, request, response);
      // What is written after the end. Unheard it would end the process.
      response.on('error', failed);
      try {
        const kind = kindOf?.(request) ?? nameOf(handler, request.method!);
        const operation = (): Operation<unknown> => handler(request as Q, response as S);
        this.offer(kind, request, response, { operation, done() {}, failed });
      } catch (error) {
        // `kindOf` and `priorityOf` see what clients send: thrown from a listener it would end the process.
        failed(error);
      }
    };
    return respond as (request: Q, response: S) => void;
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const answers = statusOf(error) !== null && !response.headersSent;
    if (!answers && !hasGone(response))
      report(error, request, this.options.onError, `${request.method} ${request.url}`);
    if (!response.headersSent) sendFailure(request, response, error);
    // What was ended is whole, and on its way.
    else if (!response.writableEnded) cutOff(response);
  }
}

/**
 * Opens a host for handlers of a `node:http` server. Inside of a fiber it belongs to the current scope; elsewhere it is to
 * be closed, by `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = nodeFibers({ goal: 500 });
 * const server = fibers.attach(createServer(fibers.handler(hello)));
 * server.listen(8080);
 */
export function nodeFibers(options: NodeFibersOptions = {}): NodeFibers {
  return new NodeFibers(options);
}
