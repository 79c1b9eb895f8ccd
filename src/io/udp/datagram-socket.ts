import type { RemoteInfo, Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { types } from 'node:util';
import { checkInteger } from '../../base/check.js';
import { Deque } from '../../base/deque.js';
import { ClosedError, IoError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind, WAITING } from '../../fibers/suspension.js';
import { WaitList } from '../../fibers/wait-list.js';
import { lookup } from '../dns/lookup.js';
import { notBytes } from '../not-bytes.js';
import type { Datagram, UdpSocket, UdpStats } from './udp-socket.js';

/**
 * A bound socket of `node:dgram`. It cannot be paused, so what nobody has received waits in a bounded queue. Beyond the
 * bound the newest datagram is dropped, as the kernel does: a sender that needs delivery sends again.
 */
export class DatagramSocket implements UdpSocket {
  readonly port: number;
  readonly address: string;
  private readonly socket: Socket;
  private readonly type: 'udp4' | 'udp6';
  private readonly bound: number;
  private readonly queue: Deque<Datagram> = new Deque();
  private readonly receivers: WaitList = new WaitList();
  /** Sends that Node has not answered yet: it never does if the socket is closed meanwhile. */
  private readonly senders: WaitList = new WaitList();
  private received: number = 0;
  private sent: number = 0;
  private dropped: number = 0;
  private failure: ((operation: string) => Error) | null = null;
  /** Removes it from its scope, when it is closed before that ends. */
  untie: () => void = () => {};

  constructor(socket: Socket, type: 'udp4' | 'udp6', bound: number) {
    const { address, port } = socket.address();
    this.address = address;
    this.port = port;
    this.socket = socket;
    this.type = type;
    this.bound = bound;
    socket.on('message', (data, from) => this.arrived(data, from));
    socket.on('error', (error) => this.stop((operation) => new IoError(operation, error)));
  }

  receive(): Operation<Datagram> {
    return new Suspension<Datagram>(RECEIVE, this, undefined);
  }

  send(data: string | Uint8Array, port: number, address?: string): Operation<void> {
    if (typeof data !== 'string' && !types.isUint8Array(data)) throw notBytes('data', data);
    checkInteger('port', port, 1, 65_535);
    const to = address ?? (this.type === 'udp4' ? '127.0.0.1' : '::1');
    if (isIP(to) === 0) return this.sendByName(data, port, to);
    return new Suspension<void>(SEND, this, { data, port, address: to } satisfies Message);
  }

  get isClosed(): boolean {
    return this.failure !== null;
  }

  close(): void {
    this.stop((operation) => new ClosedError(`${operation}: the socket is closed`));
  }

  stats(): UdpStats {
    return Object.freeze({
      received: this.received,
      sent: this.sent,
      queued: this.queue.size,
      dropped: this.dropped,
      waitingToReceive: this.receivers.size,
      isClosed: this.isClosed,
    });
  }

  /** Looked up here: within the `send` of Node a look-up could not be cancelled. */
  private *sendByName(data: string | Uint8Array, port: number, name: string): Operation<void> {
    const { address } = yield* lookup(name, { family: this.type === 'udp4' ? 4 : 6 });
    yield* this.send(data, port, address);
  }

  private arrived(data: Buffer, { address, port }: RemoteInfo): void {
    const receiver = this.receivers.shift();
    const datagram = { data, address, port };
    if (receiver === null && this.queue.size >= this.bound) {
      this.dropped++;
      return;
    }
    this.received++;
    if (receiver === null) this.queue.pushBack(datagram);
    else receiver.complete(datagram);
  }

  private stop(failure: (operation: string) => Error): void {
    if (this.failure !== null) return;
    this.failure = failure;
    this.untie();
    this.socket.close();
    this.queue.clear();
    this.receivers.failAll(() => failure('udp.receive'));
    this.senders.failAll(() => failure('udp.send'));
  }

  static attemptReceive(suspension: Suspension<unknown, DatagramSocket>): boolean {
    const socket = suspension.subject;
    if (socket.failure !== null) throw socket.failure('udp.receive');
    const datagram = socket.queue.popFront();
    return datagram !== undefined && suspension.finish(datagram);
  }

  static armReceive(suspension: Suspension<unknown, DatagramSocket>): void {
    suspension.subject.receivers.push(suspension);
  }

  static abortReceive(suspension: Suspension<unknown, DatagramSocket>): void {
    suspension.subject.receivers.remove(suspension);
  }

  static armSend(suspension: Suspension<unknown, DatagramSocket, Message>): void {
    const socket = suspension.subject;
    if (socket.failure !== null) {
      suspension.fail(socket.failure('udp.send'));
      return;
    }
    const { data, port, address } = suspension.argument;
    socket.socket.send(data, port, address, (error) => {
      if (suspension.phase !== WAITING) return;
      socket.senders.remove(suspension);
      if (error !== null) suspension.fail(new IoError('udp.send', error));
      else {
        socket.sent++;
        suspension.complete(undefined);
      }
    });
    socket.senders.push(suspension);
  }
}

printAs(DatagramSocket, 'UdpSocket', (one) => ({ address: one.address, port: one.port, ...one.stats() }));

interface Message {
  readonly data: string | Uint8Array;
  readonly port: number;
  readonly address: string;
}

const RECEIVE: SuspensionKind<DatagramSocket, undefined, Datagram> = new SuspensionKind({
  label: new Label('udp.receive'),
  attempt: DatagramSocket.attemptReceive,
  arm: DatagramSocket.armReceive,
  abort: DatagramSocket.abortReceive,
});

const SEND: SuspensionKind<DatagramSocket, Message, void> = new SuspensionKind({
  label: new Label('udp.send'),
  arm: DatagramSocket.armSend,
  abort() {},
  undoable: false,
});
