import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { timeout } from '../timeout.js';
import { mayBePaused, readOn, stopReading } from './stop-reading.js';

/** The state of a connection with pipelined requests. */
interface Pipeline {
  /** Responses to requests that arrived before an earlier one was answered (HTTP/1.1 pipelining). */
  readonly behind: Set<ServerResponse>;
  /** Runs while reading is stopped. */
  patience: NodeJS.Timeout | undefined;
}

const pipelines: WeakMap<Socket, Pipeline> = new WeakMap();

/**
 * Registers a response that waits behind others. Node reports the end of a connection only to the response that is
 * being sent on it; this also tells those behind it, whose fibers would otherwise work on for nobody, or for ever where
 * they wait for room to write.
 *
 * Nor does Node stop reading while answers are still being made, and a client may send any number of requests: from
 * `MOST_BEHIND` responses on, no more is read (`stopReading`). But then nobody would notice that the client has gone,
 * so the connection is closed if nothing is written to it for as long as a client may take to send a head.
 */
export function waitsBehind(response: ServerResponse, socket: Socket): void {
  let pipeline = pipelines.get(socket);
  if (pipeline === undefined) {
    const all: Pipeline = (pipeline = { behind: new Set(), patience: undefined });
    pipelines.set(socket, all);
    // Node pauses it when a further request arrives while a reply waits for room.
    mayBePaused(socket);
    socket.once('close', () => {
      clearTimeout(all.patience);
      for (const one of all.behind) {
        if (one.socket !== null || one.writableFinished) continue;
        one.destroyed = true;
        one.emit('close');
      }
    });
  }
  const own = pipeline;
  const { behind } = own;
  behind.add(response);
  if (behind.size === MOST_BEHIND) own.patience = hangUpLate(socket);
  if (behind.size >= MOST_BEHIND) stopReading(socket);
  response.once('close', () => {
    if (!behind.delete(response) || behind.size !== MOST_BEHIND - 1) return;
    clearTimeout(own.patience);
    readOn(socket);
  });
}

/** None where the time for a head is unlimited. */
function hangUpLate(socket: ServerSocket): NodeJS.Timeout | undefined {
  const { headersTimeout = 0 } = socket.server ?? {};
  if (headersTimeout === 0) return undefined;
  let written = socket.bytesWritten;
  const patience = setTimeout(() => {
    if (socket.bytesWritten === written) return void socket.destroy();
    written = socket.bytesWritten;
    patience.refresh();
  }, timeout(headersTimeout));
  return patience.unref();
}

/** `node:http` sets `server` on the sockets of a server. */
type ServerSocket = Socket & { readonly server?: Partial<Pick<Server, 'headersTimeout'>> };

/** Clients that pipeline at all send some tens of requests ahead. */
const MOST_BEHIND = 100;
