import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { checkFunction } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { nameOf } from '../../base/name-of.js';
import type { Operation } from '../../fibers/operation.js';
import { answerFailure } from '../../io/http/answer-failure.js';
import { report } from '../../io/http/report.js';
import { HOST_OPTIONS, type HostOptions } from './request-host.js';
import { ServerFibers } from './server-fibers.js';

export interface NodeFibersOptions extends HostOptions {
  /**
   * Returns the kind of a request, by whose cost it is judged; unless given, the handler's name, or the method if that has
   * none. There should be tens of kinds: a route, and not a path with ids in it.
   */
  readonly kindOf?: (request: IncomingMessage) => string;
  /** Called with what handlers threw, except answers to the client (`HttpError` and the like); unless given it is printed. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/** Answers through `response`. With a `node:http2` server, both arguments are of its compatibility API. */
export type NodeHandler<
  Q extends IncomingMessage | Http2ServerRequest = IncomingMessage,
  S extends ServerResponse | Http2ServerResponse = ServerResponse,
> = (request: Q, response: S) => Operation<unknown>;

/** Runs handlers of a `node:http` server as fibers; made by `nodeFibers`. */
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
   * Makes a request listener that runs `handler` in a fiber of its own for each request. If the client goes away, the fiber is
   * cancelled. What it throws is answered by 500, or an `HttpError` by its own status; in the middle of a reply it cuts the
   * connection.
   *
   * @throws `ArgumentError`.
   */
  handler<
    Q extends IncomingMessage | Http2ServerRequest = IncomingMessage,
    S extends ServerResponse | Http2ServerResponse = ServerResponse,
  >(handler: NodeHandler<Q, S>): (request: Q, response: S) => void {
    checkFunction('handler', handler);
    const { kindOf } = this.options;
    const respond = (request: IncomingMessage, response: ServerResponse): void => {
      const failed = (error: unknown): void => this.#fail(error, request, response);
      // For instance a write after the end. Without a listener it would end the process.
      response.on('error', failed);
      try {
        const kind = kindOf?.(request) ?? nameOf(handler, request.method!);
        const operation = (): Operation<unknown> => handler(request as Q, response as S);
        this.offer(kind, request, response, { operation, done() {}, failed });
      } catch (error) {
        // `kindOf` and `priorityOf` handle what clients send, and throwing from a listener would end the process.
        failed(error);
      }
    };
    return respond as (request: Q, response: S) => void;
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    answerFailure(request, response, error, () =>
      report(error, request, this.options.onError, `${request.method} ${request.url}`),
    );
  }
}

/**
 * Opens a host for the handlers of a `node:http` server. Inside of a fiber the current scope closes it; elsewhere close it
 * with `close` or `await using`. A plain call.
 *
 * @throws `ArgumentError`.
 * @example
 * const fibers = nodeFibers({ goal: 500 });
 * const server = fibers.attach(createServer(fibers.handler(hello)));
 * server.listen(8080);
 */
export function nodeFibers(options: NodeFibersOptions = {}): NodeFibers {
  checkKnown('nodeFibers', options, { ...HOST_OPTIONS, kindOf: true, onError: true });
  return new NodeFibers(options);
}
