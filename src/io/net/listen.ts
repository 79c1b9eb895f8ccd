import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { checkFunction, checkGoal, checkInteger, checkPriority, checkText } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { USUAL_BACKLOG } from '../kernel-queue.js';
import { checkNodeOptions } from '../node-options.js';
import { checkPlace, checkSocket, placeOf } from '../place.js';
import { checkCertificate } from '../server-certificate.js';
import { checkReusePort } from '../reuse-port.js';
import { tlsOfServer } from '../tls-options.js';
import type { HandshakeClient } from './handshakes.js';
import type { Listener } from './listener.js';
import { SocketListener } from './socket-listener.js';

export interface ListenOptions {
  /** TCP port; 0 lets the system choose. This, `path` or `fd`. */
  readonly port?: number;
  /** Address to listen at; all of this machine's unless given. */
  readonly host?: string;
  /** Path of a Unix socket. */
  readonly path?: string;
  /** A socket that this process has inherited, at a port or a path: of systemd the first one is 3, the next one 4. */
  readonly fd?: number;
  /**
   * Whether other processes may listen at the same port. The kernel spreads connections over those that ask for it; each has a queue
   * of its own there. From Node 22.12 on, and not on macOS and Windows.
   */
  readonly reusePort?: boolean;
  /**
   * How long a connection's work may take, in ms, before its client has no use for it. With a goal `serve` admits only
   * as many connections as can be served in that time with the processor, memory and descriptors there are, and closes
   * the others. For connections that do one thing; give no goal for those that stay open.
   */
  readonly goal?: number;
  /** Their share of the processor relative to other work, 1 unless given; above 1 they are admitted first. Only with a goal. */
  readonly priority?: number;
  /**
   * How many connections the kernel queues before they are accepted; further clients have to try again. 64 unless
   * given. With a goal, and without a number here, it is adjusted: as many as can be served within half of the goal, 64
   * at least; under overload within a tenth of the goal, 64 at most.
   */
  readonly backlog?: number;
  /** How many accepted connections may wait for `accept`; 64 unless given. Beyond that the newest is reset. */
  readonly queue?: number;
  /** Speak TLS, with the options of `tls.createServer`. Its `handshakeTimeout` is 10 s unless given. */
  readonly tls?: TlsOptions;
  /** Called with why a TLS handshake failed, and who began it. Unless given, failed ones are only counted. */
  readonly onHandshakeError?: (error: IoError, client: HandshakeClient) => void;
  /** Whether this side may still write after the other has ended. False unless given: it ends too once that end is read. */
  readonly halfOpen?: boolean;
  /** Whether small writes are sent at once (Nagle's algorithm off); true unless given. */
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
  checkKnown('listen', options, LISTEN_OPTIONS);
  checkPlace(options, 0);
  checkReusePort(options);
  const { backlog = USUAL_BACKLOG, queue = 64 } = options;
  if (options.host !== undefined) checkText('host', options.host, 'an address of this machine');
  checkInteger('backlog', backlog, 1);
  if (options.goal !== undefined) checkGoal('goal', options.goal);
  if (options.priority !== undefined) checkPriority('priority', options.priority);
  checkInteger('queue', queue, 1, Infinity);
  if (options.onHandshakeError !== undefined) checkFunction('onHandshakeError', options.onHandshakeError);
  if (options.tls !== undefined) {
    checkNodeOptions('tls', options.tls);
    checkCertificate(options.tls);
  }
  const { scope } = currentFiber('net.listen');
  return new Suspension<Listener>(LISTEN, { options, scope } satisfies Request, undefined);
}

const LISTEN_OPTIONS: Known<ListenOptions> = {
  port: true,
  host: true,
  path: true,
  fd: true,
  reusePort: true,
  goal: true,
  priority: true,
  backlog: true,
  queue: true,
  tls: true,
  onHandshakeError: true,
  halfOpen: true,
  noDelay: true,
};

interface Request {
  readonly options: ListenOptions;
  readonly scope: Scope;
}

function makeServer({ tls, noDelay = true }: ListenOptions): Server {
  return tls === undefined
    ? createServer({ allowHalfOpen: true, noDelay, pauseOnConnect: true })
    : createTlsServer({ ...tlsOfServer(tls), allowHalfOpen: false, noDelay });
}

const LISTEN: SuspensionKind<Request, Server, SocketListener> = new SuspensionKind({
  label: new Label('net.listen'),
  arm(suspension) {
    const { options, scope } = suspension.subject;
    // Read all of them now: a getter that throws in the callback below would end the process.
    const { port, host, path, fd, goal = null, priority = 1, backlog, queue = 64, tls, halfOpen = false } = options;
    const { onHandshakeError = null, reusePort } = options;
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
      const listener = new SocketListener(server, placeOf(server, fd), queue, {
        halfOpen,
        goal,
        priority,
        backlog,
        tls,
        onHandshakeError,
      });
      const close = (): void => listener.close();
      try {
        listener.untie = ownedBy(scope, close, close);
        // A cancellation cannot stop a server whose host name is being looked up.
        if (!suspension.complete(listener)) close();
      } catch (error) {
        suspension.fail(error);
      }
    });
    suspension.argument = server;
    try {
      checkSocket(fd);
      server.listen({
        ...((path ?? fd) === undefined ? { port, host, reusePort } : { path, fd }),
        backlog: backlog ?? USUAL_BACKLOG,
      });
    } catch (error) {
      refuse(error as Error);
    }
  },
  abort(suspension) {
    suspension.argument.close();
  },
});
