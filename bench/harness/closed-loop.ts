import { connect, type Socket } from 'node:net';
import { setTimeout as elapse } from 'node:timers/promises';
import { requestsPerSecond, serverCpuPerRequest } from '../metric.js';
import type { Context } from './context.js';
import type { ServerProcess } from './server-process.js';

/** What every connection does: send `request`, wait until one response is complete, send again. */
export interface Exchange {
  readonly connections: number;
  readonly request: Uint8Array;
  /** Makes one connection's counter: how many responses a chunk completes. */
  readonly responses: () => (chunk: Buffer) => number;
}

/** How many times longer its phases are than a lap's: the server has more code to optimise, and in another process. */
const scale = 4;

/**
 * One process of plain `node:net` clients, the same for all servers. A closed loop measures capacity and says nothing
 * about overload, where it hides the queue: that is another benchmark.
 */
export async function closedLoop(
  server: ServerProcess,
  exchange: Exchange,
  context: Context,
): Promise<Record<string, number>> {
  let completed = 0;
  let lost: Error | undefined;
  const sockets = await Promise.all(
    Array.from({ length: exchange.connections }, () => open(server.port, (error) => (lost ??= error))),
  );
  for (const socket of sockets) {
    const count = exchange.responses();
    socket.on('data', (chunk: Buffer) => {
      for (let left = count(chunk); left > 0; left--) {
        completed++;
        socket.write(exchange.request);
      }
    });
    socket.write(exchange.request);
  }
  await elapse(context.warmUp * scale);
  const measured = await between(
    server,
    () => completed,
    () => elapse(context.duration * scale),
  );
  for (const socket of sockets) socket.destroy();
  if (lost !== undefined) throw new Error('The server lost a connection', { cause: lost });
  return measured;
}

/** The two metrics of a server over the time that `load` takes; `completed` counts the requests so far. */
export async function between(
  server: ServerProcess,
  completed: () => number,
  load: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const cpu = await server.cpuMicroseconds();
  const start = performance.now();
  const before = completed();
  await load();
  const seconds = (performance.now() - start) / 1000;
  const requests = completed() - before;
  const used = (await server.cpuMicroseconds()) - cpu;
  return { [requestsPerSecond.name]: requests / seconds, [serverCpuPerRequest.name]: used / requests };
}

function open(port: number, lost: (error: Error) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', (error) => {
      lost(error);
      reject(error);
    });
    socket.on('end', () => lost(new Error('closed by the server')));
    socket.on('connect', () => resolve(socket));
  });
}
