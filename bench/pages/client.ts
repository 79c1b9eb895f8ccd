import type { Socket } from 'node:net';
import { outcomeOf, outcomeOfError } from '../overload/generator/attempt.js';
import { connectLean } from '../overload/generator/new-connections.js';
import { ResponseReader } from '../harness/response-reader.js';
import type { Outcome } from '../overload/generator/assignment.js';

const requestsPerConnection = 100;
const request = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

/** What a client tells of itself. */
export interface Observer {
  connected(client: Client, ms: number): void;
  answered(client: Client, ms: number): void;
  /** A connection was refused or cut, or an answer is none: what was waited for will not come. */
  failed(client: Client, outcome: Outcome): void;
  /** It wants to pause before it goes on. */
  pauses(client: Client): void;
}

/** Connects, makes 100 requests with a pause before each but the first, closes, and connects again. */
export class Client {
  /** What it waits for, and since when; null while it pauses. */
  waiting: 'connect' | 'response' | null = null;
  waitingSince = 0;
  private readonly port: number;
  private readonly observer: Observer;
  private socket: Socket | null = null;
  private left = 0;

  constructor(port: number, observer: Observer) {
    this.port = port;
    this.observer = observer;
  }

  /** Goes on after a pause that was to end at `since`. */
  proceed(since: number): void {
    if (this.socket === null) this.connect(since);
    else this.ask(since);
  }

  close(): void {
    this.waiting = null;
    const { socket } = this;
    this.socket = null;
    socket?.destroy();
  }

  private connect(since: number): void {
    this.wait('connect', since);
    this.left = requestsPerConnection;
    const reader = new ResponseReader();
    let failure: string | undefined;
    const socket = connectLean(
      this.port,
      (chunk) => {
        const status = this.socket === socket ? reader.take(chunk) : 0;
        if (status !== 0) this.take(outcomeOf(status), reader.closing);
      },
      true,
    );
    this.socket = socket;
    socket.on('connect', () => {
      const now = performance.now();
      this.observer.connected(this, now - this.waitingSince);
      this.ask(now);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
    socket.on('close', () => {
      if (this.socket === socket) this.lost(outcomeOfError(failure));
    });
  }

  private ask(since: number): void {
    this.wait('response', since);
    this.left--;
    this.socket!.write(request);
  }

  private take(outcome: Outcome, closing: boolean): void {
    if (outcome === 'good') this.observer.answered(this, performance.now() - this.waitingSince);
    else this.observer.failed(this, outcome);
    this.waiting = null;
    if (this.left > 0 && !closing) return this.observer.pauses(this);
    this.close();
    this.connect(performance.now());
  }

  /** A server that is gone would be asked as fast as the machine can, so there is a pause here too. */
  private lost(outcome: Outcome): void {
    // Cut between two requests: not asked, so nothing was refused.
    if (this.waiting !== null) this.observer.failed(this, outcome);
    this.close();
    this.observer.pauses(this);
  }

  private wait(what: 'connect' | 'response', since: number): void {
    this.waiting = what;
    this.waitingSince = since;
  }
}
