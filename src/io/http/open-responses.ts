import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { Roster, type Enrolled } from '../../base/roster.js';
import { cutOff } from '../cut-off.js';
import { timeout } from '../timeout.js';
import { isClosed } from './response-state.js';

/** An entry of `OpenResponses`. */
export interface OpenResponse extends Enrolled {
  readonly response: ServerResponse;
}

/** Responses that are not closed yet: their handlers are at work, or their last bytes on the way. */
export class OpenResponses {
  private readonly all: Roster<OpenResponse> = new Roster();
  private emptied: () => void = () => {};
  /** By connection, the response that tells its client that it is the last; null until the server stops. */
  private last: WeakMap<Socket, ServerResponse> | null = null;

  add(open: OpenResponse): void {
    this.all.add(open);
    if (this.last !== null) this.tellLast(open.response);
  }

  /** Does nothing if it was deleted already. */
  delete(open: OpenResponse): void {
    if (this.all.delete(open) && this.all.size === 0) this.emptied();
  }

  /** Resolves when none is open and no request has come meanwhile, or after `ms`. */
  quiet(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.emptied = () => {};
        resolve();
      };
      const timer = setTimeout(end, timeout(ms));
      this.emptied = () => afterReading(() => this.all.size === 0 && end());
      if (this.all.size === 0) this.emptied();
    });
  }

  /** Resolves when all are closed; those that are not after `graceMs` are cut off. To be called when no more are added. */
  async left(graceMs: number): Promise<void> {
    await this.quiet(graceMs);
    for (const { response } of this.all) cutOff(response);
  }

  /**
   * Calls `close`, which closes idle connections. To Node a connection is idle even while a response that was ended is
   * still on its way, and would be cut: such a connection is closed after its response, or after `graceMs` at the
   * latest. From now on responses tell their clients that they are the last: one that has to find out by itself may lose what it
   * sends next.
   */
  spare(close: () => void, graceMs: number): void {
    this.tellAll();
    // Over HTTP/2 no server closes its sessions before its streams.
    const leaving = Array.from(this.all, ({ response }) => response).filter(
      (response) => response.finished && response instanceof ServerResponse,
    );
    // `finished` is what Node asks; everything else asks `writableEnded`.
    for (const response of leaving) response.finished = false;
    close();
    for (const response of leaving) response.finished = true;
    for (const response of leaving) this.endAfter(response);
    for (const socket of new Set(leaving.map((response) => response.req.socket))) {
      const cut = setTimeout(() => socket.destroy(), timeout(graceMs)).unref();
      socket.once('close', () => clearTimeout(cut));
    }
  }

  /**
   * Tells clients, by the response on their connection, that there will be no other. Not those that pipeline: what they have sent
   * already may not have been read, and Node would drop it.
   */
  private tellAll(): void {
    if (this.last !== null) return;
    this.last = new WeakMap();
    // One that several fibers in turn have worked on is in it several times.
    const responses = new Set(Array.from(this.all, ({ response }) => response));
    const sockets = Array.from(responses, ({ req }) => req.socket);
    const seen = new Set<Socket>();
    const pipelined = new Set(sockets.filter((socket) => seen.size === seen.add(socket).size));
    for (const response of responses) {
      if (!pipelined.has(response.req.socket)) this.tellLast(response);
      else if (response instanceof ServerResponse) this.endAfter(response);
    }
  }

  /** Takes the same back from the response before it on its connection: Node would drop what comes behind that one. */
  private tellLast(response: ServerResponse): void {
    if (!(response instanceof ServerResponse)) return;
    const { socket } = response.req;
    const before = this.last!.get(socket);
    if (before !== undefined && !before.headersSent) before.shouldKeepAlive = true;
    this.last!.delete(socket);
    if (!response.shouldKeepAlive || response.headersSent) return;
    response.shouldKeepAlive = false;
    this.last!.set(socket, response);
  }

  /**
   * Ends the connection after `response`, whose client was not told that it is the last, unless there are others on it
   * by then.
   */
  endAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const end = (): void => {
      for (const { response: other } of this.all) if (other.req.socket === socket) return;
      socket.end();
    };
    // The cleanup of a request may have ended long after its response.
    if (isClosed(response)) afterReading(end);
    else response.once('close', () => afterReading(end));
  }
}

/** While much output is pending Node does not read: what the client has sent meanwhile arrives in the next turn. */
function afterReading(act: () => void): void {
  setImmediate(() => setImmediate(act));
}
