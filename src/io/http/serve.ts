import { checkFunction } from '../../base/check.js';
import type { Known } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { scope } from '../../fibers/with-scope.js';
import { checkServerOptions, SERVER_OPTIONS, type HttpServerOptions } from './http-server-options.js';
import { openServer } from './listen.js';
import type { Handler, HttpServer } from './server.js';

export interface ServeOptions extends HttpServerOptions {
  /** Called when the server listens. */
  readonly onListen?: (server: HttpServer) => void;
}

/**
 * Listens and serves until cancelled: `listen` and `HttpServer.serve` in one. With a `goal` it refuses what it could
 * not answer in time.
 *
 * @throws as `listen` and `HttpServer.serve`.
 * Suspends: always. If cancelled: stops as `HttpServer.serve` does.
 *
 * @example
 * yield* serve(function* hello() {
 *   return text('hello');
 * }, { port: 8080, goal: 500 });
 */
export function serve(handler: Handler, options: ServeOptions = {}): Operation<never> {
  checkServerOptions('serve', options, SERVE_OPTIONS);
  checkFunction('handler', handler);
  return scope(function* () {
    const server = yield* openServer(options);
    options.onListen?.(server);
    return yield* server.serve(handler);
  });
}

const SERVE_OPTIONS: Known<ServeOptions> = { ...SERVER_OPTIONS, onListen: true };
