import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.js';
import type { DescriptorStock } from '../../fibers/descriptor-stock.js';
import type { Entry } from '../../fibers/governor.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { plainSocketOf } from '../plain-socket.js';
import { onUpgrade } from './on-upgrade.js';

/**
 * Counts the connections of a server as descriptors. When few descriptors are left, each new connection closes the
 * oldest one that has been silent for too long, that is, has not sent the head of a request: two thousand clients that
 * send a byte a second would otherwise shut out all others. With none left, and nobody silent for so long, the new one is
 * closed at once: at the limit of the system Node would do so silently, and files could not be opened either.
 */
export class ConnectionWatch {
  private readonly stock: DescriptorStock;
  private readonly entry: Entry;
  /** How long a client may take until its first request, in ms, when descriptors are few. */
  private readonly patienceMs: number;
  private open: number = 0;
  /** Of the open ones, those that have left HTTP, as WebSockets do. */
  private upgraded: number = 0;
  private readonly clock: Clock;
  /** The ends of a list of the connections that have brought no request so far, the oldest first. */
  private oldest: Silence | null = null;
  private newest: Silence | null = null;
  /** One for all sockets: a closure for each would live as long as they do. */
  private readonly onClose: (this: Socket) => void;

  constructor(server: Server, loop: RunLoop, entry: Entry, goal: number) {
    this.stock = loop.descriptors;
    this.clock = loop.clock;
    this.entry = entry;
    this.patienceMs = PATIENCE * goal;
    server.on('connection', (socket: Socket) => this.opened(socket));
    onUpgrade(server, (socket) => {
      this.requested(socket);
      this.upgraded++;
      socket.once('close', () => this.upgraded--);
    });
    const closed = (socket: Socket): void => this.closed(socket);
    this.onClose = function () {
      closed(this);
    };
  }

  /** How many connections may bring requests. */
  get clients(): number {
    return this.open - this.upgraded;
  }

  /** The head of a request has arrived. Returns whether it is the first of its connection. */
  requested(socket: Socket): boolean {
    return this.markHeard(plainSocketOf(socket));
  }

  private opened(socket: Socket): void {
    const { stock, newest } = this;
    stock.count(1);
    this.open++;
    const now = this.clock.now();
    const silence: Silence = { watch: this, socket, since: now, older: newest, newer: null };
    (socket as Watched)[SILENCE] = silence;
    this.newest = silence;
    if (newest === null) this.oldest = silence;
    else newest.newer = silence;
    socket.on('close', this.onClose);
    this.entry.arrived();
    // It takes the place of that one: at the limit, too, or silent connections that came all at once would keep it.
    if (stock.used > CROWDED * stock.limit && this.closesOldest(now - this.patienceMs)) return;
    if (!stock.hasRoomForConnection) this.close(socket, 'no descriptor for a connection');
  }

  private closed(socket: Socket): void {
    this.stock.count(-1);
    this.open--;
    this.markHeard(socket);
  }

  /** Returns whether there was one that has been silent since `before`. */
  private closesOldest(before: number): boolean {
    const { oldest } = this;
    if (oldest === null || oldest.since >= before) return false;
    this.close(oldest.socket, 'no request on a connection');
    return true;
  }

  /** The connection is silent no more. Returns whether it was until now. */
  private markHeard(socket: Watched): boolean {
    const silence = socket[SILENCE];
    if (silence?.watch !== this) return false;
    socket[SILENCE] = undefined;
    const { older, newer } = silence;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    silence.older = silence.newer = null;
    return true;
  }

  private close(socket: Socket, reason: string): void {
    this.entry.turnedAway(reason);
    this.markHeard(socket);
    socket.destroy();
  }
}

/** A connection that has brought no request yet. */
interface Silence {
  readonly watch: ConnectionWatch;
  readonly socket: Socket;
  /** When it came. */
  readonly since: number;
  /** Its neighbours in the list. */
  older: Silence | null;
  newer: Silence | null;
}

const SILENCE: unique symbol = Symbol('heddle.silence');
type Watched = Socket & { [SILENCE]?: Silence | undefined };

/** The share of the descriptor limit above which silent connections are closed. */
const CROWDED = 0.85;
/** The share of the goal after which a connection has been silent for too long. */
const PATIENCE = 0.2;
