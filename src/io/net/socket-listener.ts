import type { AddressInfo, Server, Socket } from 'node:net';
import { Server as TlsServer, type TlsOptions } from 'node:tls';
import { Deque } from '../../base/deque.js';
import { checkFunction } from '../../base/check.js';
import { ClosedError, IoError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { nameOf } from '../../base/name-of.js';
import { printAs } from '../../base/print-as.js';
import { currentFiber } from '../../fibers/current.js';
import { isDaemon } from '../../fibers/is-daemon.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { WaitList } from '../../fibers/wait-list.js';
import { outlives } from '../accept-errors.js';
import type { Connection } from '../byte-stream.js';
import { ConnectionWatch } from '../connection-watch.js';
import { KernelQueues } from '../kernel-queue.js';
import { renewCertificate, type NewCertificate } from '../renew-certificate.js';
import { ConnectionWork } from './connection-work.js';
import { Handshakes, type HandshakeListener } from './handshakes.js';
import type { Listener, ListenerStats, ServeOptions } from './listener.js';
import { reportToStderr, serveConnection } from './serve-connection.js';
import { SocketConnection, type ConnectionManner } from './socket-connection.js';

/**
 * How connections are admitted: the goal (null for none), the priority, the `backlog` that was asked for, TLS, and who is told of
 * failed handshakes.
 */
interface Gating {
  readonly goal: number | null;
  readonly priority: number;
  readonly backlog: number | undefined;
  readonly tls: TlsOptions | undefined;
  readonly onHandshakeError: HandshakeListener | null;
}

/**
 * A listening server of `node:net` or `node:tls`.
 *
 * Node cannot pause accepting without closing the server, so connections are held after they are accepted: unread, in a
 * bounded queue, until a fiber takes them. Beyond the bound the newest is reset at once: its client learns of it, and
 * the others have waited longer. Under overload the place to wait is the kernel's backlog, which fills while the
 * program is too busy to accept.
 */
export class SocketListener implements Listener {
  readonly port: number;
  readonly address: string;
  private readonly server: Server;
  private readonly manner: ConnectionManner & Gating;
  /** How many connections may wait. */
  private readonly bound: number;
  private readonly queue: Deque<SocketConnection> = new Deque();
  private readonly acceptors: WaitList = new WaitList();
  private readonly handshakes: Handshakes | null;
  /** Of the first `serve` with a goal that is under way. */
  private watch: ConnectionWatch | null = null;
  private tls: TlsOptions | undefined;
  private accepted: number = 0;
  private refused: number = 0;
  private failure: (() => Error) | null = null;
  /** Removes it from its scope, when it is closed before that ends. */
  untie: () => void = () => {};

  constructor(server: Server, { port, address }: AddressInfo, bound: number, manner: ConnectionManner & Gating) {
    this.port = port;
    this.address = address;
    this.server = server;
    this.bound = bound;
    this.manner = manner;
    this.tls = manner.tls;
    this.handshakes = server instanceof TlsServer ? new Handshakes(server, manner.onHandshakeError) : null;
    server.on('connection', (socket: Socket) => this.opened(socket));
    if (this.handshakes !== null) server.on('secureConnection', (socket: Socket) => this.arrived(socket));
    server.on('error', (error) => this.failed(error));
  }

  accept(): Operation<SocketConnection> {
    return new Suspension<SocketConnection>(ACCEPT, this, currentFiber('listener.accept').scope);
  }

  *serve(handler: (connection: Connection) => Operation<unknown>, options: ServeOptions = {}): Operation<never> {
    checkFunction('handler', handler);
    checkKnown('serve', options, { onError: true });
    const { onError = reportToStderr } = options;
    checkFunction('onError', onError);
    const fiber = currentFiber('listener.serve');
    const { scope } = fiber;
    const asDaemons = isDaemon(fiber);
    const { goal, priority, backlog } = this.manner;
    const entry =
      goal === null
        ? null
        : scope.loop.openEntry({
            name: this.port === 0 ? `net ${this.address}` : `net :${this.port}`,
            goal,
            ...new KernelQueues([this.server], backlog).options,
          });
    const watch = entry && new ConnectionWatch(scope.loop, entry, goal!, 'no handshake on a connection');
    this.watch ??= watch;
    try {
      for (;;) {
        const connection = yield* this.accept();
        const operation = serveConnection(connection, handler, onError);
        // The graph shows the fiber under the handler's name.
        if (entry === null) scope.startMember(handler, operation, asDaemons);
        else new ConnectionWork(scope, asDaemons, connection, nameOf(handler), priority, operation).offerTo(entry);
      }
    } finally {
      if (this.watch === watch) this.watch = null;
      entry?.close();
    }
  }

  renewCertificate(renewed: NewCertificate): void {
    this.tls = renewCertificate(this.server, this.tls, renewed);
  }

  close(): void {
    this.stop(() => new ClosedError('net.accept: the listener is closed'));
  }

  stats(): ListenerStats {
    return Object.freeze({
      accepted: this.accepted,
      queued: this.queue.size,
      refused: this.refused,
      handshaking: this.handshakes?.size ?? 0,
      failedHandshakes: this.handshakes?.failed ?? 0,
      waitingToAccept: this.acceptors.size,
      isClosed: this.failure !== null,
    });
  }

  private opened(socket: Socket): void {
    this.watch?.opened(socket);
    if (socket.destroyed) this.refused++;
    else if (this.handshakes === null) this.arrived(socket);
    else this.handshakes.began(socket);
  }

  private arrived(socket: Socket): void {
    this.watch?.heard(socket);
    // A plain socket is paused already (`pauseOnConnect`), a TLS socket is not.
    socket.pause();
    // Nor does it have this set: who ends the connection within the handshake has gone, and Node closes it.
    socket.allowHalfOpen = true;
    const connection = new SocketConnection(socket, this.manner);
    if (this.failure !== null) return connection.destroy();
    const acceptor = this.acceptors.shift();
    if (acceptor !== null) {
      try {
        this.hand(connection, acceptor);
        acceptor.complete(connection);
      } catch (error) {
        acceptor.fail(error);
      }
    } else if (this.queue.size < this.bound) this.queue.pushBack(connection);
    else {
      this.refused++;
      connection.destroy();
    }
  }

  private failed(error: NodeJS.ErrnoException): void {
    if (outlives(error)) this.refused++;
    else this.stop(() => new IoError('net.accept', error));
  }

  private hand(connection: SocketConnection, acceptor: Suspension): void {
    connection.tie(acceptor.argument as Scope);
    this.accepted++;
  }

  private stop(failure: () => Error): void {
    if (this.failure !== null) return;
    this.failure = failure;
    this.untie();
    this.server.close();
    this.handshakes?.abandon();
    for (const connection of this.queue) connection.destroy();
    this.queue.clear();
    this.acceptors.failAll(failure);
  }

  static attemptAccept(suspension: Suspension<unknown, SocketListener, Scope>): boolean {
    const listener = suspension.subject;
    if (listener.failure !== null) throw listener.failure();
    for (let first = listener.queue.popFront(); first !== undefined; first = listener.queue.popFront()) {
      // It broke while it waited.
      if (first.isClosed) continue;
      listener.hand(first, suspension);
      return suspension.finish(first);
    }
    return false;
  }

  static armAccept(suspension: Suspension<unknown, SocketListener, Scope>): void {
    suspension.subject.acceptors.push(suspension);
  }

  static abortAccept(suspension: Suspension<unknown, SocketListener, Scope>): void {
    suspension.subject.acceptors.remove(suspension);
  }
}

printAs(SocketListener, 'Listener', (one) => ({ address: one.address, port: one.port, ...one.stats() }));

const ACCEPT: SuspensionKind<SocketListener, Scope, Connection> = new SuspensionKind({
  label: new Label('net.accept'),
  attempt: SocketListener.attemptAccept,
  arm: SocketListener.armAccept,
  abort: SocketListener.abortAccept,
});
