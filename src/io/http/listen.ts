import type { Server } from 'node:http';
import { IoError } from '../../base/errors.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { USUAL_BACKLOG } from '../kernel-queue.js';
import { checkSocket } from '../place.js';
import { checkServerOptions, SERVER_OPTIONS, type HttpServerOptions } from './http-server-options.js';
import { makeServer } from './make-server.js';
import { HttpServer } from './server.js';

/**
 * Opens an HTTP server, which is closed with the scope in which `listen` is called.
 *
 * @throws `IoError` (`EADDRINUSE`, `EACCES`, …).
 * Suspends: until it listens. If cancelled: throws; nothing listens.
 *
 * @example
 * const server = yield* listen({ port: 8080 });
 * yield* server.serve(function* hello(request) {
 *   return text(`hello ${request.path}\n`);
 * });
 */
export function listen(options: HttpServerOptions = {}): Operation<HttpServer> {
  checkServerOptions('listen', options, SERVER_OPTIONS);
  return openServer(options);
}

/** As `listen`, by options that were checked. */
export function openServer(options: HttpServerOptions): Operation<HttpServer> {
  return open(options, currentFiber('http.listen').scope);
}

function* open(options: HttpServerOptions, owner: Scope): Operation<HttpServer> {
  const raw = makeServer(options);
  const server = yield* new Suspension<HttpServer>(LISTEN, raw, options);
  const close = (): void => HttpServer.abandon(server);
  ownedBy(owner, close, close);
  return server;
}

const LISTEN: SuspensionKind<Server, HttpServerOptions, HttpServer> = new SuspensionKind({
  label: new Label('http.listen'),
  arm(suspension) {
    const server = suspension.subject;
    const options = suspension.argument;
    const { port = 0, host, path, fd, reusePort, goal } = options;
    const { backlog = goal === undefined ? undefined : USUAL_BACKLOG } = options;
    const refuse = (error: Error): void => void suspension.fail(new IoError('http.listen', error));
    server.on('error', refuse);
    server.once('listening', () => {
      server.off('error', refuse);
      // A cancellation cannot stop a server whose host name is being looked up.
      if (!suspension.complete(new HttpServer(server, options))) server.close();
    });
    try {
      checkSocket(fd);
      server.listen({ ...((path ?? fd) === undefined ? { port, host, reusePort } : { path, fd }), backlog });
    } catch (error) {
      refuse(error as Error);
    }
  },
  abort(suspension) {
    suspension.subject.close();
  },
});
