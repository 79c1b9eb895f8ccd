import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { checkGoal, checkInteger, checkPriority, checkText } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { USUAL_BACKLOG } from '../kernel-queue.js';
import { checkPlace } from './check-place.js';
import type { Listener } from './listener.js';
import { SocketListener } from './socket-listener.js';

export interface ListenOptions {
  /** TCP port; 0 lets the system choose. This or `path`. */
  readonly port?: number;
  /** Address to listen at; all of this machine's unless given. */
  readonly host?: string;
  /** Of a Unix socket. */
  readonly path?: string;
  /**
   * How long a connection's work may take, in ms, before it is worth nothing to who opened it. With a goal `serve` lets in only
   * as many connections as can be served in that time with what there is of processor, memory and descriptors, and
   * closes the others. For connections that do one thing; those that stay open have no goal.
   */
  readonly goal?: number;
  /** Their share of the processor in relation to other work, 1 unless given; above 1 they are let in first. With a goal only. */
  readonly priority?: number;
  /**
   * How many connections the kernel holds before it lets new clients try again; 64 unless given, and with a goal as many as
   * can be served within half of it, 64 at least, and under overload within a tenth.
   */
  readonly backlog?: number;
  /** How many accepted connections may wait for `accept`; 64 unless given. Beyond, the newest is reset. */
  readonly queue?: number;
  /** Speak TLS, with the options of `tls.createServer`. A handshake may take 10 s unless `handshakeTimeout` says else. */
  readonly tls?: TlsOptions;
  /** Whether this side may still write when the other has ended; false unless given: then it ends as well. */
  readonly halfOpen?: boolean;
  /** Whether small writes are sent at once (no Nagle's algorithm); true unless given. */
  readonly noDelay?: boolean;
}

/**
 * Listens for connections. The listener is closed with the scope in which `listen` is called.
 *
 * @throws `IoError` if that fails, with `system` such as `EADDRINUSE` or `EACCES`.
 * Suspends: until it listens. If cancelled: throws; nothing listens.
 *
 * @example
 * const listener = yield* listen({ port: 7 });
 * yield* listener.serve(function* (connection) {
 *   for (let chunk = yield* connection.read(); chunk !== null; chunk = yield* connection.read()) {
 *     yield* connection.write(chunk);
 *   }
 * });
 */
export function listen(options: ListenOptions): Operation<Listener> {
  checkPlace(options, 0);
  const { backlog = USUAL_BACKLOG, queue = 64 } = options;
  if (options.host !== undefined) checkText('host', options.host, 'an address of this machine');
  checkInteger('backlog', backlog, 1);
  if (options.goal !== undefined) checkGoal('goal', options.goal);
  if (options.priority !== undefined) checkPriority('priority', options.priority);
  checkInteger('queue', queue, 1, Infinity);
  const { scope } = currentFiber('net.listen');
  return new Suspension<Listener>(LISTEN, { options, scope } satisfies Request, undefined);
}

interface Request {
  readonly options: ListenOptions;
  readonly scope: Scope;
}

function makeServer({ tls, noDelay = true }: ListenOptions): Server {
  const manner = { allowHalfOpen: true, noDelay };
  return tls === undefined
    ? createServer({ ...manner, pauseOnConnect: true })
    : createTlsServer({ handshakeTimeout: HANDSHAKE_MS, ...tls, ...manner });
}

const LISTEN: SuspensionKind<Request, Server, SocketListener> = new SuspensionKind({
  label: new Label('net.listen'),
  arm(suspension) {
    const { options, scope } = suspension.subject;
    // All of them now: from the callback below what a getter throws would end the process.
    const { port, host, path, goal = null, priority = 1, backlog, queue = 64, tls, halfOpen = false } = options;
    let server: Server;
    try {
      server = makeServer(options);
    } catch (error) {
      suspension.fail(new IoError('net.listen', error));
      return;
    }
    const refuse = (error: Error): void => void suspension.fail(new IoError('net.listen', error));
    server.on('error', refuse);
    server.once('listening', () => {
      server.off('error', refuse);
      const listener = new SocketListener(server, queue, {
        halfOpen,
        resettable: path === undefined && tls === undefined,
        goal,
        priority,
        backlog,
      });
      const close = (): void => listener.close();
      try {
        listener.untie = ownedBy(scope, close, close);
        // A cancellation while the name was looked up could not stop it.
        if (!suspension.complete(listener)) close();
      } catch (error) {
        suspension.fail(error);
      }
    });
    suspension.argument = server;
    try {
      server.listen({ ...(path === undefined ? { port, host } : { path }), backlog: backlog ?? USUAL_BACKLOG });
    } catch (error) {
      // Some Nodes throw where others say it later.
      refuse(error as Error);
    }
  },
  abort(suspension) {
    suspension.argument.close();
  },
});

const HANDSHAKE_MS = 10_000;
