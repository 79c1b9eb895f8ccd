import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkFunction } from '../../base/check.js';
import { tellWhere } from '../../fibers/tell-where.js';
import type { Operation } from '../../fibers/operation.js';
import { refuse } from '../../io/http/refuse.js';
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

/** Answers by `response`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Operation<unknown>;

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
   * answered (500, an `HttpError`'s own status) or, after the head was sent, cuts the connection.
   */
  handler(handler: NodeHandler): (request: IncomingMessage, response: ServerResponse) => void {
    checkFunction('handler', handler);
    const { kindOf } = this.options;
    return (request, response) => {
      const failed = (error: unknown): void => this.#fail(error, request, response);
      try {
        const kind = kindOf?.(request) ?? (handler.name || request.method!);
        this.host.offer(kind, request, response, {
          begin: (work) =>
            this.host.start(kind, work, { operation: () => handler(request, response), done() {}, failed }),
          refuse: (retryAfterMs) => refuse(request, response, retryAfterMs),
        });
      } catch (error) {
        // `kindOf` and `priorityOf` see what clients send: thrown from a listener it would end the process.
        failed(error);
      }
    };
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    if (statusOf(error) === null && !response.destroyed) this.#report(error, request);
    if (response.headersSent) response.destroy();
    else sendFailure(request, response, error);
  }

  #report(error: unknown, request: IncomingMessage): void {
    tellWhere(error);
    try {
      if (this.options.onError !== undefined) this.options.onError(error, request);
      else console.error(`${request.method} ${request.url}:`, error);
    } catch (second) {
      console.error(second);
    }
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
