import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** By connection: responses that came while one before them was not sent yet (HTTP/1.1 pipelining). */
const pipelines: WeakMap<Socket, Set<ServerResponse>> = new WeakMap();

/**
 * Node tells the end of a connection only to the response that is being sent on it. This tells those, too, that wait
 * behind it: their fibers would else go on for nobody, for ever where they wait for room to write.
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
  pipeline.add(response);
  response.once('close', () => pipeline.delete(response));
}
