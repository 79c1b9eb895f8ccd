import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.js';
import type { DescriptorStock } from '../fibers/descriptor-stock.js';
import type { Entry } from '../fibers/governor.js';
import type { RunLoop } from '../fibers/run-loop.js';
import { plainSocketOf } from './plain-socket.js';

/**
 * Counts the connections of a server as descriptors. When few descriptors are left, each new connection closes the
 * oldest one that has been silent for too long, that is, has sent neither the head of a request nor a TLS handshake: two
 * thousand clients that send a byte a second would otherwise shut out all others. With none left, and nobody silent for so
 * long, the new one is closed at once: at the limit of the system Node would do so silently, and files could not be opened either.
 */
export class ConnectionWatch {
  private readonly stock: DescriptorStock;
  private readonly entry: Entry;
  /** What a silent connection is closed for. */
  private readonly reason: string;
  /** How long a connection may be silent, in ms, when descriptors are few. */
  private readonly patienceMs: number;
  protected open: number = 0;
  private readonly clock: Clock;
  /** The ends of a list of the silent connections, the oldest first. */
  private oldest: Silence | null = null;
  private newest: Silence | null = null;
  /** One for all sockets: a closure for each would live as long as they do. */
  private readonly onClose: (this: Socket) => void;

  constructor(loop: RunLoop, entry: Entry, goal: number, reason: string) {
    this.stock = loop.descriptors;
    this.clock = loop.clock;
    this.entry = entry;
    this.reason = reason;
    this.patienceMs = PATIENCE * goal;
    const closed = (socket: Socket): void => this.closed(socket);
    this.onClose = function () {
      closed(this);
    };
  }

  /** A connection was accepted, which is silent until it is `heard`. Closes it if there is no room. */
  opened(socket: Socket): void {
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

  /** The connection is silent no more. Returns whether it was until now. */
  heard(socket: Socket): boolean {
    const plain: Watched = plainSocketOf(socket);
    const silence = plain[SILENCE];
    if (silence?.watch !== this) return false;
    plain[SILENCE] = undefined;
    const { older, newer } = silence;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    silence.older = silence.newer = null;
    return true;
  }

  private closed(socket: Socket): void {
    this.stock.count(-1);
    this.open--;
    this.heard(socket);
  }

  /** Returns whether there was one that has been silent since `before`. */
  private closesOldest(before: number): boolean {
    const { oldest } = this;
    if (oldest === null || oldest.since >= before) return false;
    this.close(oldest.socket, this.reason);
    return true;
  }

  private close(socket: Socket, reason: string): void {
    this.entry.turnedAway(reason);
    this.heard(socket);
    socket.destroy();
  }
}

/** A connection of which nothing was heard yet. */
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
