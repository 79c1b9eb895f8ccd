import { ServerResponse } from 'node:http';

/** A response and its place among those that are open; -1 outside. */
export interface OpenResponse {
  readonly response: ServerResponse;
  slot: number;
}

/**
 * Responses that have not left yet: their handlers are at work, or their last bytes on the way. No `Set`: for its iterators
 * V8 links each table that it has outgrown to the next one, deleted entries outgrow one soon, and with the first of them in
 * the old generation every scavenge keeps all after it, and what was open then: a third of all requests were copied twice.
 */
export class OpenResponses {
  private readonly all: OpenResponse[] = [];
  private emptied: () => void = () => {};

  add(open: OpenResponse): void {
    open.slot = this.all.length;
    this.all.push(open);
  }

  /** Does nothing when it has left already. */
  delete(open: OpenResponse): void {
    const { all } = this;
    if (open.slot < 0) return;
    const last = all.pop()!;
    if (last !== open) {
      last.slot = open.slot;
      all[last.slot] = last;
    }
    open.slot = -1;
    if (all.length === 0) this.emptied();
  }

  /** Resolves when all have left; those that have not in `graceMs` are cut. To be called when no more are added. */
  left(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const { response } of this.all) response.destroy();
        resolve();
      }, timeout(graceMs));
      this.emptied = () => {
        clearTimeout(cut);
        afterReading(resolve);
      };
      if (this.all.length === 0) this.emptied();
    });
  }

  /**
   * Calls `close`, which closes connections that are idle. Node takes those for idle, too, on which a response that was
   * ended is still on its way, and would cut it: they are closed after it, and no later than in `graceMs`.
   */
  spare(close: () => void, graceMs: number): void {
    // Over HTTP/2 no server closes its sessions before its streams.
    const leaving = this.all
      .map(({ response }) => response)
      .filter((response) => response.finished && response instanceof ServerResponse);
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
