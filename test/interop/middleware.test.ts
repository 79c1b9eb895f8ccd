import { once } from 'node:events';
import { Agent, request as rawRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import test from 'ava';
import express from 'express';
import { Hono } from 'hono';
import { event, Runtime, sleep, until } from 'heddle';
import { expressFibers } from 'heddle/express';
import { honoFibers } from 'heddle/hono';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';

/** Servers whose middleware is a fiber; `kind` is what middleware is called. `latch` is what the handler of `/latch` waits for. */
const servers: Readonly<
  Record<string, { kind: string; open: (runtime: Runtime, latch: () => Latch, goal?: number) => Site }>
> = {
  express: {
    kind: 'GET ',
    open(runtime, latch, goal) {
      const fibers = expressFibers({ runtime, ...(goal === undefined ? {} : { goal }) });
      const app = express().set('env', 'test');
      for (const ms of [1, 2])
        app.use(
          fibers.handler(function* (_request, _response, next) {
            yield* sleep(ms);
            next();
          }),
        );
      app.get(
        '/latch',
        fibers.handler(function* (_request, response) {
          yield* latch().wait();
          response.send('open');
        }),
      );
      app.get('/plain', (_request, response) => {
        void answer();
        async function answer(): Promise<void> {
          await latch().promise;
          response.send('open');
        }
      });
      return { server: fibers.attach(app.listen(0, '127.0.0.1')), close: () => fibers.close() };
    },
  },
  hono: {
    kind: 'GET /*',
    open(runtime, latch, goal) {
      const fibers = honoFibers({ runtime, ...(goal === undefined ? {} : { goal }) });
      const app = new Hono();
      for (const ms of [1, 2])
        app.use((context, next) =>
          fibers.run(context, function* () {
            yield* sleep(ms);
            yield* until(next());
            return context.res;
          }),
        );
      app.get(
        '/latch',
        fibers.handler(function* (context) {
          yield* latch().wait();
          return context.text('open');
        }),
      );
      app.get('/plain', async (context) => {
        await latch().promise;
        return context.text('open');
      });
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
      return { server: fibers.attach(server), close: () => fibers.close() };
    },
  },
};

interface Site {
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** For fibers and for promises. */
class Latch {
  private readonly opened: ReturnType<typeof event> = event();
  private open!: () => void;
  readonly promise: Promise<void> = new Promise((resolve) => (this.open = resolve));

  wait(): ReturnType<ReturnType<typeof event>['wait']> {
    return this.opened.wait();
  }

  set(): void {
    this.opened.set();
    this.open();
  }
}

const entryOf = (runtime: Runtime): GatedEntry => [...(runtime.loop.governor as ResourceGovernor).entries][0]!;
const urlOf = ({ server }: Site): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function opened(open: (runtime: Runtime, latch: () => Latch, goal: number) => Site): Promise<{
  runtime: Runtime;
  latch: Latch;
  site: Site;
  entry: GatedEntry;
}> {
  const [runtime, latch] = [new Runtime(), new Latch()];
  const site = open(runtime, () => latch, 1000);
  await once(site.server, 'listening');
  return { runtime, latch, site, entry: entryOf(runtime) };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await pause(5);
  if (!condition()) throw new Error(`It did not come true: ${condition}`);
}

for (const [name, { kind, open }] of Object.entries(servers)) {
  test.serial(
    `${name}: a request whose middleware was let in does not stand in the way of its own handler`,
    async (t) => {
      const { runtime, latch, site, entry } = await opened(open);
      // However the net learns: one at a time, and what waits is refused before a second is over.
      Object.defineProperty(entry.nets.all, 'limit', { get: () => 1, set() {} });
      const answer = fetch(`${urlOf(site)}/latch`);
      await eventually(() => entry.kinds.get('GET /latch')?.live === 1);
      t.is(entry.live, 1);
      t.is((runtime.loop.governor as ResourceGovernor).live, 1);
      t.is(entry.nets.recentAt((runtime.loop.governor as ResourceGovernor).now()), 1);
      latch.set();
      t.is(await (await answer).text(), 'open');
      await eventually(() => entry.live === 0);
      const counts = [...entry.kinds.values()].map(({ name, offered, admitted, live }) => [
        name,
        offered,
        admitted,
        live,
      ]);
      t.deepEqual(counts, [
        [kind, 1, 1, 0],
        ['GET /latch', 1, 1, 0],
      ]);
      t.is((runtime.loop.governor as ResourceGovernor).live, 0);
      await site.close();
    },
  );

  test.serial(
    `${name}: a request that middleware has left to a plain handler is under way until it is answered`,
    async (t) => {
      const { latch, site, entry } = await opened(open);
      const answer = fetch(`${urlOf(site)}/plain`);
      const controller = new AbortController();
      const gone = fetch(`${urlOf(site)}/plain`, { signal: controller.signal });
      await eventually(() => entry.kinds.get(kind)?.admitted === 2);
      await pause(50);
      t.is(entry.live, 2);
      controller.abort();
      t.is(await gone.catch((error: Error) => error.name), 'AbortError');
      await eventually(() => entry.live === 1);
      latch.set();
      t.is(await (await answer).text(), 'open');
      await eventually(() => entry.live === 0);
      await site.close();
    },
  );

  for (const goal of [undefined, 1000])
    test.serial(`${name}: a server that stops tells the clients of such requests, too: goal ${goal}`, async (t) => {
      const runtime = new Runtime();
      const latch = new Latch();
      let reached = 0;
      const site = open(
        runtime,
        () => {
          reached++;
          return latch;
        },
        goal,
      );
      await once(site.server, 'listening');
      const agent = new Agent({ keepAlive: true });
      const asked = rawRequest(`${urlOf(site)}/latch`, { agent }).end();
      await eventually(() => reached === 1);
      const closed = site.close();
      latch.set();
      const [response] = await once(asked, 'response');
      t.is(response.headers.connection, 'close');
      response.resume();
      await closed;
      agent.destroy();
    });
}

test.serial('express: a route whose first handler only asks to be let in asks once', async (t) => {
  const runtime = new Runtime();
  await using fibers = expressFibers({ runtime, goal: 1000 });
  const app = express().set('env', 'test');
  const admitted = fibers.handler(function* (_request, _response, next) {
    next();
  });
  app.post(
    '/orders',
    admitted,
    express.json(),
    fibers.handler(function* (request, response) {
      yield* sleep(1);
      response.json(request.body);
    }),
  );
  const server = fibers.attach(app.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const entry = entryOf(runtime);
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', 'content-length': 11 };
  const order = rawRequest({ port, method: 'POST', path: '/orders', headers });
  order.write('{"ite');
  await eventually(() => entry.kinds.get('POST /orders')?.admitted === 1);
  await pause(50);
  t.is(entry.live, 1, 'it is under way while its body comes');
  order.end('ms":2}');
  const [response] = await once(order, 'response');
  response.resume();
  t.is(response.statusCode, 200);
  await eventually(() => entry.live === 0);
  const { offered, admitted: letIn, finished } = entry.kinds.get('POST /orders')!;
  t.deepEqual([offered, letIn, finished], [1, 1, 1]);
});
