import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { readOn, stopReading } from './stop-reading.js';

/** Of a connection. */
interface Pipeline {
  /** Responses that came while one before them was not sent yet (HTTP/1.1 pipelining). */
  readonly behind: Set<ServerResponse>;
  /** Runs while nothing is read. */
  patience: NodeJS.Timeout | undefined;
}

const pipelines: WeakMap<Socket, Pipeline> = new WeakMap();

/**
 * Node tells the end of a connection only to the response that is being sent on it. This tells those, too, that wait
 * behind it: their fibers would else go on for nobody, for ever where they wait for room to write.
 *
 * Nor does it stop reading while answers are still being made, of which a client may ask for any number: with so many
 * behind, no more is read from it (`stopReading`). Then nobody learns that it has gone, either. So it is hung up on when
 * nothing was written to it for as long as it might take to send a head.
 */
export function waitsBehind(response: ServerResponse, socket: Socket): void {
  let pipeline = pipelines.get(socket);
  if (pipeline === undefined) {
    const all: Pipeline = (pipeline = { behind: new Set(), patience: undefined });
    pipelines.set(socket, all);
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

/** Not where Node was told that a head may take for ever. */
function hangUpLate(socket: ServerSocket): NodeJS.Timeout | undefined {
  const { headersTimeout = 0 } = socket.server ?? {};
  if (headersTimeout === 0) return undefined;
  let written = socket.bytesWritten;
  const patience = setTimeout(() => {
    if (socket.bytesWritten === written) return void socket.destroy();
    written = socket.bytesWritten;
    patience.refresh();
  }, headersTimeout);
  return patience.unref();
}

/** As Node's server of HTTP has it. */
type ServerSocket = Socket & { readonly server?: Partial<Pick<Server, 'headersTimeout'>> };

/** Clients that send requests ahead at all send some tens. */
const MOST_BEHIND = 100;
