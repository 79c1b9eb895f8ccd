import { ServerResponse } from 'node:http';
import { Roster, type Enrolled } from '../../base/roster.js';
import { cutOff } from '../cut-off.js';

/** An entry of `OpenResponses`. */
export interface OpenResponse extends Enrolled {
  readonly response: ServerResponse;
}

/** Responses that have not left yet: their handlers are at work, or their last bytes on the way. */
export class OpenResponses {
  private readonly all: Roster<OpenResponse> = new Roster();
  private emptied: () => void = () => {};

  add(open: OpenResponse): void {
    this.all.add(open);
  }

  /** Does nothing when it has left already. */
  delete(open: OpenResponse): void {
    if (this.all.delete(open) && this.all.size === 0) this.emptied();
  }

  /** Resolves when all have left; those that have not in `graceMs` are cut. To be called when no more are added. */
  left(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const { response } of this.all) cutOff(response);
        resolve();
      }, timeout(graceMs));
      this.emptied = () => {
        clearTimeout(cut);
        afterReading(resolve);
      };
      if (this.all.size === 0) this.emptied();
    });
  }

  /**
   * Calls `close`, which closes connections that are idle. Node takes those for idle, too, on which a response that was
   * ended is still on its way, and would cut it: they are closed after it, and no later than in `graceMs`.
   */
  spare(close: () => void, graceMs: number): void {
    // Over HTTP/2 no server closes its sessions before its streams.
    const leaving = Array.from(this.all, ({ response }) => response).filter(
      (response) => response.finished && response instanceof ServerResponse,
    );
    // What Node asks. Everything else asks `writableEnded`.
    for (const response of leaving) response.finished = false;
    close();
    for (const response of leaving) response.finished = true;
    for (const response of leaving) this.endAfter(response);
    for (const socket of new Set(leaving.map((response) => response.req.socket))) {
      const cut = setTimeout(() => socket.destroy(), timeout(graceMs)).unref();
      socket.once('close', () => clearTimeout(cut));
    }
  }

  /** Ends a connection after `response`, whose client was not told that it is the last, unless there are more on it by then. */
  endAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const end = (): void => {
      for (const { response: other } of this.all) if (other.req.socket === socket) return;
      socket.end();
    };
    response.once('close', () => afterReading(end));
  }
}

/** While much is on the way Node does not read: what the client has sent meanwhile comes in the next turn. */
function afterReading(act: () => void): void {
  setImmediate(() => setImmediate(act));
}

/** Of longer ones Node makes 1 ms. */
function timeout(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}
