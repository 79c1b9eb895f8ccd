import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import test from 'ava';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { sleep, type Operation } from 'heddle';
import 'heddle/async-context';
import { expressFibers } from 'heddle/express';
import { fastifyFibers } from 'heddle/fastify';
import { honoFibers } from 'heddle/hono';
import { nodeFibers } from 'heddle/node-http';

const requests = new AsyncLocalStorage<string>();

function* whose(): Operation<string> {
  yield* sleep(1);
  return requests.getStore() ?? 'nobody';
}

interface Options {
  readonly goal?: number;
}

/** Servers in which a middleware enters a store with the path of the request, and a handler says what it sees. */
const servers: Readonly<Record<string, (options: Options) => Promise<{ server: Server; close(): Promise<unknown> }>>> =
  {
    async 'node:http'(options) {
      const fibers = nodeFibers({ kindOf: () => 'GET', ...options });
      const handler = fibers.handler(function* (_request, response) {
        response.end(yield* whose());
      });
      const server = createServer((request, response) => requests.run(request.url!, () => handler(request, response)));
      return { server: fibers.attach(server).listen(0), close: () => fibers.close() };
    },
    async express(options) {
      const fibers = expressFibers(options);
      const app = express();
      app.use((request, _response, next) => requests.run(request.url, next));
      app.get(
        '/:id',
        fibers.handler(function* (_request, response) {
          response.send(yield* whose());
        }),
      );
      return { server: fibers.attach(app.listen(0)), close: () => fibers.close() };
    },
    async fastify(options) {
      const app = fastify();
      // As `@fastify/request-context` does.
      app.addHook('onRequest', (request, _reply, done) => requests.run(request.url, done));
      await app.register(fastifyFibers, options);
      app.get('/:id', whose);
      await app.listen({ port: 0, host: '::' });
      return { server: app.server, close: () => app.close() };
    },
    async hono(options) {
      const fibers = honoFibers(options);
      const app = new Hono();
      // As `contextStorage` does.
      app.use((context, next) => requests.run(context.req.path, next));
      app.get(
        '/:id',
        fibers.handler(function* (context) {
          return context.text(yield* whose());
        }),
      );
      return { server: fibers.attach(serve({ fetch: app.fetch, port: 0 }) as Server), close: () => fibers.close() };
    },
  };

for (const [name, open] of Object.entries(servers))
  for (const options of [{}, { goal: 5000 }])
    test.serial(
      `${name}: a handler sees what a middleware made current for its request: ${JSON.stringify(options)}`,
      async (t) => {
        const { server, close } = await open(options);
        while (!server.listening) await new Promise((resolve) => setImmediate(resolve));
        const { port } = server.address() as AddressInfo;
        const alive = new Set<number>();
        const hook = createHook({
          init: (id, type) => void (type === 'heddle.fiber' && alive.add(id)),
          destroy: (id) => void alive.delete(id),
        }).enable();
        const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
        const seen = await Promise.all(
          paths.map(async (path) => (await fetch(`http://localhost:${port}${path}`)).text()),
        );
        t.deepEqual(seen, paths);
        await close();
        await turn();
        hook.disable();
        // `cls-hooked` keeps the context of each resource until it is destroyed.
        t.is(alive.size, 0);
      },
    );
