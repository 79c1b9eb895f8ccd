import { createSocket, type Socket } from 'node:dgram';
import { checkInteger, checkText, expected } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { DatagramSocket } from './datagram-socket.js';
import type { UdpSocket } from './udp-socket.js';

export interface BindOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Address to receive at; all of this machine's unless given. */
  readonly host?: string;
  /** `udp4` unless given. */
  readonly type?: 'udp4' | 'udp6';
  /** How many datagrams may wait for `receive`; 1024 unless given. Beyond that the newest is dropped. */
  readonly queue?: number;
}

/**
 * Opens a UDP socket. It is closed with the scope in which `bind` is called.
 *
 * @throws `IoError` if that fails, with `system` such as `EADDRINUSE`.
 * Suspends: until it is bound. If cancelled: throws; nothing is open.
 *
 * @example
 * const socket = yield* bind({ port: 9999 });
 * for (;;) {
 *   const { data, address, port } = yield* socket.receive();
 *   yield* socket.send(data, port, address);
 * }
 */
export function bind(options: BindOptions): Operation<UdpSocket> {
  checkKnown('bind', options, BIND_OPTIONS);
  const { port, host, type = 'udp4', queue = 1024 } = options;
  checkInteger('port', port, 0, 65_535);
  checkInteger('queue', queue, 1, Infinity);
  if (host !== undefined) checkText('host', host, 'an address of this machine');
  if (type !== 'udp4' && type !== 'udp6') throw expected('type', "'udp4' or 'udp6'", type);
  const { scope } = currentFiber('udp.bind');
  return new Suspension<UdpSocket>(BIND, { options, scope } satisfies Request, undefined);
}

const BIND_OPTIONS: Known<BindOptions> = { port: true, host: true, type: true, queue: true };

interface Request {
  readonly options: BindOptions;
  readonly scope: Scope;
}

const BIND: SuspensionKind<Request, Socket, UdpSocket> = new SuspensionKind({
  label: new Label('udp.bind'),
  arm(suspension) {
    const { options, scope } = suspension.subject;
    const { port, host, type = 'udp4', queue = 1024 } = options;
    const socket = createSocket({ type });
    suspension.argument = socket;
    const refuse = (error: Error): void => {
      // Node leaves a socket open that could not be bound.
      if (suspension.fail(new IoError('udp.bind', error))) socket.close();
    };
    socket.on('error', refuse);
    socket.once('listening', () => {
      socket.off('error', refuse);
      const bound = new DatagramSocket(socket, type, queue);
      const close = (): void => bound.close();
      try {
        bound.untie = ownedBy(scope, close, close);
        suspension.complete(bound);
      } catch (error) {
        suspension.fail(error);
      }
    });
    socket.bind({ port, ...(host === undefined ? {} : { address: host }) });
  },
  abort(suspension) {
    suspension.argument.close();
  },
});
