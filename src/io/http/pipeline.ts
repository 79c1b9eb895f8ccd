import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { readOn, stopReading } from './stop-reading.js';

/** By connection: responses that came while one before them was not sent yet (HTTP/1.1 pipelining). */
const pipelines: WeakMap<Socket, Set<ServerResponse>> = new WeakMap();

/**
 * Node tells the end of a connection only to the response that is being sent on it. This tells those, too, that wait
 * behind it: their fibers would else go on for nobody, for ever where they wait for room to write.
 *
 * Nor does it stop reading while answers are still being made, of which a client may ask for any number: with so many
 * behind, no more is read from it (`stopReading`).
 */
export function waitsBehind(response: ServerResponse, socket: Socket): void {
  let pipeline = pipelines.get(socket);
  if (pipeline === undefined) {
    const all = (pipeline = new Set<ServerResponse>());
    pipelines.set(socket, all);
    socket.once('close', () => {
      for (const one of all) {
        if (one.socket !== null || one.writableFinished) continue;
        one.destroyed = true;
        one.emit('close');
      }
    });
  }
  const behind = pipeline;
  behind.add(response);
  if (behind.size >= MOST_BEHIND) stopReading(socket);
  response.once('close', () => {
    if (behind.delete(response) && behind.size === MOST_BEHIND - 1) readOn(socket);
  });
}

/** Clients that send requests ahead at all send some tens. */
const MOST_BEHIND = 100;
