import { connect as connectSocket, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { checkText } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import type { Connection } from '../byte-stream.js';
import { checkNodeOptions } from '../node-options.js';
import { checkPlace } from '../place.js';
import { tlsOfClient } from '../tls-options.js';
import { SocketConnection } from './socket-connection.js';

export interface ConnectOptions {
  /** TCP port; this or `path`. */
  readonly port?: number;
  /** Name or address; `localhost` unless given. */
  readonly host?: string;
  /** Path of a Unix socket. */
  readonly path?: string;
  /** Speak TLS: `true`, or with the options of `tls.connect`. Its `servername` is `host` unless given, if that is a name. */
  readonly tls?: true | ConnectionOptions;
  /** Whether this side may still write after the other has ended. False unless given: it ends too once that end is read. */
  readonly halfOpen?: boolean;
  /** Whether small writes are sent at once (Nagle's algorithm off); true unless given. */
  readonly noDelay?: boolean;
}

/**
 * Connects to a server. The connection belongs to the scope in which `connect` is called, so that it outlives a
 * `withTimeout` around the call.
 *
 * @throws `IoError` if that fails, with `system` such as `ECONNREFUSED` or `ENOTFOUND`.
 * Suspends: until it is connected, with TLS until the handshake is over. If cancelled: throws, and abandons the
 * attempt.
 *
 * @example
 * const connection = yield* connect({ host: 'localhost', port: 7 });
 * yield* connection.write('hello\n');
 * const answer = yield* connection.readLine();
 */
export function connect(options: ConnectOptions): Operation<Connection> {
  checkKnown('connect', options, CONNECT_OPTIONS);
  checkPlace(options, 1);
  if (options.host !== undefined) checkText('host', options.host, 'the name or address of a host');
  if (options.tls !== undefined && options.tls !== true) checkNodeOptions('tls', options.tls);
  const { scope } = currentFiber('net.connect');
  return new Suspension<Connection>(CONNECT, { options, scope } satisfies Request, undefined);
}

const CONNECT_OPTIONS: Known<ConnectOptions> = {
  port: true,
  host: true,
  path: true,
  tls: true,
  halfOpen: true,
  noDelay: true,
};

interface Request {
  readonly options: ConnectOptions;
  readonly scope: Scope;
}

function open({ port, host, path, tls, noDelay = true }: ConnectOptions): Socket {
  const place = path === undefined ? { port, host, noDelay } : { path };
  const options = { allowHalfOpen: true, ...place };
  return tls === undefined
    ? connectSocket(options as TcpNetConnectOpts)
    : connectTls({ ...serverName(host), ...(tls === true ? {} : tlsOfClient(tls)), ...options } as ConnectionOptions);
}

/** What a server with several certificates chooses by. Node sends it only if told to; an address must not be sent. */
function serverName(host: string | undefined): ConnectionOptions {
  return host === undefined || isIP(host) !== 0 ? {} : { servername: host };
}

const CONNECT: SuspensionKind<Request, Socket, Connection> = new SuspensionKind({
  label: new Label('net.connect'),
  arm(suspension) {
    const { options, scope } = suspension.subject;
    // Read now: a getter that throws in the callback below would end the process.
    const { tls, halfOpen = false } = options;
    let socket: Socket;
    try {
      socket = open(options);
    } catch (error) {
      suspension.fail(new IoError('net.connect', error));
      return;
    }
    suspension.argument = socket;
    // Nothing is read from the socket before the first `read`.
    socket.pause();
    const refuse = (error: Error): void => void suspension.fail(new IoError('net.connect', error));
    socket.on('error', refuse);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      const connection = new SocketConnection(socket, { halfOpen });
      socket.off('error', refuse);
      try {
        connection.tie(scope);
        suspension.complete(connection);
      } catch (error) {
        suspension.fail(error);
      }
    });
  },
  abort(suspension) {
    suspension.argument.destroy();
  },
});
