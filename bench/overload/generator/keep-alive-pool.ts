import type { Socket } from 'node:net';
import { ResponseReader } from '../../harness/response-reader.js';
import { outcomeOf, outcomeOfError, type Attempt, type Settle, type Transport } from './attempt.js';
import { connectLean } from './new-connections.js';

interface Line {
  readonly socket: Socket;
  attempt: Attempt | null;
}

/**
 * Connections that are kept, opened as they are needed, the last one used first. Where there may be no more, requests that find
 * none free wait here, in order: their time runs. A request that is given up takes its connection along, as HTTP/1.1 leaves no
 * other way.
 */
export class KeepAlivePool implements Transport {
  private readonly port: number;
  private readonly most: number;
  private readonly settle: Settle;
  private readonly idle: Line[] = [];
  private readonly open = new Set<Line>();
  private waiting: Attempt[] = [];
  private firstWaiting = 0;

  constructor(port: number, most: number, settle: Settle) {
    this.port = port;
    this.most = most;
    this.settle = settle;
  }

  send(attempt: Attempt): void {
    const line = this.idle.pop();
    if (line !== undefined) this.start(line, attempt);
    else if (this.open.size < this.most) this.start(this.connect(), attempt);
    else this.waiting.push(attempt);
  }

  close(): void {
    this.waiting = [];
    for (const { socket } of this.open) socket.destroy();
  }

  private start(line: Line, attempt: Attempt): void {
    line.attempt = attempt;
    attempt.abandon = () => void line.socket.destroy();
    line.socket.write(attempt.bytes);
  }

  private connect(): Line {
    const reader = new ResponseReader();
    let failure: string | undefined;
    const socket = connectLean(
      this.port,
      (chunk) => {
        const status = reader.take(chunk);
        if (status !== 0) this.answered(line, status, reader.closing);
      },
      true,
    );
    const line: Line = { socket, attempt: null };
    this.open.add(line);
    socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
    socket.on('close', () => this.lost(line, outcomeOfError(failure)));
    return line;
  }

  private answered(line: Line, status: number, closing: boolean): void {
    const { attempt } = line;
    line.attempt = null;
    if (attempt !== null && !attempt.settled) this.settle(attempt, outcomeOf(status));
    if (closing) return void line.socket.destroy();
    const next = this.nextWaiting();
    if (next === null) this.idle.push(line);
    else this.start(line, next);
  }

  private lost(line: Line, outcome: ReturnType<typeof outcomeOfError>): void {
    this.open.delete(line);
    const place = this.idle.indexOf(line);
    if (place !== -1) this.idle.splice(place, 1);
    if (line.attempt !== null && !line.attempt.settled) this.settle(line.attempt, outcome);
    const next = this.nextWaiting();
    if (next !== null) this.send(next);
  }

  /** The first that has not been given up. */
  private nextWaiting(): Attempt | null {
    while (this.firstWaiting < this.waiting.length) {
      const next = this.waiting[this.firstWaiting++]!;
      if (!next.settled) return next;
    }
    this.waiting = [];
    this.firstWaiting = 0;
    return null;
  }
}
