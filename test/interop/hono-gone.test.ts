import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve, type HttpBindings } from '@hono/node-server';
import test from 'ava';
import { Hono } from 'hono';
import { suspend } from 'heddle';
import { honoFibers } from 'heddle/hono';

test.serial('hono: where a client has left, the response is of Node’s kind, whose headers are looked at', async (t) => {
  const { constructor: NodesResponse } = await fetch('data:,');
  const fibers = honoFibers();
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get(
    '/',
    fibers.handler(function* ({ env }) {
      (env as HttpBindings).outgoing.write('begun');
      return yield* suspend();
    }),
  );
  const responses: Promise<Response>[] = [];
  const server = fibers.attach(
    serve({
      fetch(request, env) {
        responses.push(Promise.resolve(app.fetch(request, env as HttpBindings)));
        return responses[0]!;
      },
      port: 0,
      hostname: '127.0.0.1',
    }),
  );
  await once(server, 'listening');
  const leaving = new AbortController();
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { signal: leaving.signal });
  leaving.abort();
  const response = await responses[0]!;
  t.is(response.constructor, NodesResponse);
  t.is(response.headers.get('x-hono-already-sent'), 'true');
  await fibers.close();
});
