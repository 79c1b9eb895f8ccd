import { Socket, type Server } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { Server as TlsServer, type TLSSocket } from 'node:tls';
import { Roster, type Enrolled } from '../../base/roster.js';
import { plainSocketOf } from '../plain-socket.js';
import { timeout } from '../timeout.js';

/**
 * The open connections of a server, also those of which its own `closeIdleConnections` and `closeAllConnections` know nothing:
 * in the middle of a TLS handshake, or upgraded to another protocol. Node's `close` waits for all of them.
 */
export class OpenConnections {
  private readonly all: Roster<OpenConnection> = new Roster();
  /** Of a TLS server, by the plain socket; null for others. */
  private readonly bySocket: WeakMap<Socket, OpenConnection> | null;
  private readonly server: Server;
  private patience: NodeJS.Timeout | undefined;

  /** Connections that are open already are not counted. */
  constructor(server: Server) {
    const { all } = this;
    const bySocket = server instanceof TlsServer ? new WeakMap<Socket, OpenConnection>() : null;
    this.server = server;
    this.bySocket = bySocket;
    server.on('connection', (socket: Socket) => {
      const open: OpenConnection = { socket, secure: null, slot: -1 };
      all.add(open);
      bySocket?.set(socket, open);
      socket.on('close', () => all.delete(open));
    });
    server.on('secureConnection', (secure: TLSSocket) => {
      const open = bySocket?.get(plainSocketOf(secure));
      if (open !== undefined) open.secure = secure;
    });
  }

  /**
   * To be called when the server stops: closes the connections on which no request has begun to arrive, such as those that a
   * browser opens ahead, once their clients have had time to send one. To Node they are not idle.
   */
  closeSilent(): void {
    if (this.patience !== undefined) return;
    this.patience = this.later(PATIENCE_MS, () => {
      for (const open of this.all) if (this.isSilent(open)) open.socket.destroy();
    });
  }

  /** Cuts off those that are left after `ms`. */
  destroyAfter(ms: number): void {
    if (ms < Infinity) this.later(ms, () => this.destroyAll());
  }

  destroyAll(): void {
    for (const { socket, secure } of this.all) (secure ?? socket).destroy();
  }

  private later(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(act, timeout(ms)).unref();
    this.server.once('close', () => clearTimeout(timer));
    return timer;
  }

  private isSilent({ socket, secure }: OpenConnection): boolean {
    if (this.bySocket !== null && secure === null) return socket instanceof Socket;
    return (secure ?? socket).bytesRead === 0;
  }
}

interface OpenConnection extends Enrolled {
  /** As it was accepted. */
  readonly socket: Socket;
  /** After the handshake. */
  secure: TLSSocket | null;
}

/** More than a handshake and a request take over a long way. */
const PATIENCE_MS = 1000;
