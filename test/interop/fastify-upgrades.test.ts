import { once } from 'node:events';
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import fastify, { type FastifyInstance } from 'fastify';
import { Runtime, type Operation } from 'heddle';
import { fastifyFibers } from 'heddle/fastify';
import { WebSocket, WebSocketServer } from 'ws';

/** As `@fastify/websocket` does: an upgrade passes the hooks of its route, and then goes to its `wsHandler`. */
function sockets(app: FastifyInstance): void {
  const server = new WebSocketServer({ noServer: true });
  const upgrades = new WeakSet<IncomingMessage>();
  app.server.on('upgrade', (request, socket) => {
    upgrades.add(request);
    const response = new ServerResponse(request);
    response.assignSocket(socket as never);
    app.routing(request, response);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    Object.assign(request, { ws: upgrades.has(request.raw) });
    done();
  });
  app.addHook('onRoute', (route) => {
    const { handler, wsHandler } = route as typeof route & { wsHandler?: (socket: WebSocket) => void };
    if (wsHandler === undefined) return;
    route.handler = function (request, reply) {
      if (!upgrades.has(request.raw)) return handler.call(this, request, reply);
      reply.hijack();
      server.handleUpgrade(request.raw, request.raw.socket, Buffer.alloc(0), wsHandler);
      return undefined;
    };
  });
}

test.serial('fastify: an open WebSocket is not under way at the route that it shares with a generator', async (t) => {
  for (const first of ['sockets', 'heddle']) {
    const runtime = new Runtime();
    const app = fastify();
    if (first === 'sockets') sockets(app);
    await app.register(fastifyFibers, { goal: 500, runtime });
    if (first === 'heddle') sockets(app);
    const wsHandler = (socket: WebSocket): void => socket.send('hello');
    function* handler(): Operation<string> {
      return 'a page';
    }
    app.route({ method: 'GET', url: '/', handler, wsHandler } as never);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const clients: WebSocket[] = [];
    for (let i = 0; i < 3; i++) {
      const client = new WebSocket(`ws://${address}/`);
      clients.push(client);
      t.is(String((await once(client, 'message'))[0]), 'hello');
    }
    t.is(await (await fetch(`http://${address}/`)).text(), 'a page');
    const entry = runtime.snapshotNow().scheduling!.entries.find(({ name }) => name === 'fastify')!;
    t.is(entry.live, 0, first);
    for (const client of clients) client.terminate();
    await app.close();
    t.is(runtime.loop.spawned, runtime.loop.ended);
  }
});
