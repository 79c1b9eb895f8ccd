import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openGate, type Gate } from '../rivals/gate.js';
import type { Work } from '../scenario.js';
import { overloadedHeaders, overloadedReply, reply, replyHeaders } from './reply.js';

/** Classes of requests by path. `health` is always among them. */
export type Routes = ReadonlyMap<string, Work>;

/** A server of `node:http` and `async` handlers, with a gate in front of them, through which `/health` need not go. */
export function servePlain(routes: Routes, gate: Gate, backlog: number, announce: (port: number) => void): void {
  const server = createServer((request, response) => {
    const work = routes.get(request.url!);
    if (work === undefined) return void response.writeHead(404).end();
    const own = request.url === '/health' ? openGate : gate;
    own.enter(
      () => void answer(work, own, response),
      () => void response.writeHead(503, overloadedHeaders).end(overloadedReply),
    );
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog }, () => announce((server.address() as AddressInfo).port));
}

async function answer(work: Work, gate: Gate, response: ServerResponse): Promise<void> {
  const start = performance.now();
  try {
    await work.plain();
    response.writeHead(200, replyHeaders).end(reply);
  } catch {
    response.writeHead(500, { 'content-length': '0' }).end();
  } finally {
    gate.leave(performance.now() - start);
  }
}
