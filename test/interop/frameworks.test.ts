import { AsyncLocalStorage } from 'node:async_hooks';
import dns from 'node:dns';
import {
  Agent,
  createServer,
  request as rawRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import {
  connect,
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { once } from 'node:events';
import { connect as connectSocket, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { getRequestListener, serve } from '@hono/node-server';
import test, { type ExecutionContext } from 'ava';
import express from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { all, event, gate, Runtime, scope, sleep, spawn, suspend, until, type Operation } from 'heddle';
import { expressFibers } from 'heddle/express';
import { fastifyFibers } from 'heddle/fastify';
import { honoFibers } from 'heddle/hono';
import { HttpError, nodeFibers, NodeFibers, type NodeFibersOptions } from 'heddle/node-http';
import { pipe, writer } from 'heddle/streams';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { openSockets } from '../support/leaks.js';

/** What the handlers of the four servers do, by the last part of the path. */
class Deeds {
  readonly log: string[] = [];
  readonly latch: ReturnType<typeof event> = event();

  *run(what: string): Operation<{ readonly did: string }> {
    if (what === 'boom') throw new Error('boom');
    if (what === 'teapot') throw new HttpError(418, 'short and stout');
    if (what === 'own') yield* stoppedByItself();
    if (what === 'both') yield* all([missing(0), missing(60_000)]);
    if (what === 'nothing') throw null;
    if (what === 'promise') return Promise.reject(new Error('unheard')) as unknown as { did: string };
    if (what === 'overload') yield* gate({ name: 'none', goal: 1 }).admit(refused);
    if (what === 'latch') {
      this.log.push('latched');
      yield* this.latch.wait();
    }
    if (what === 'hang') {
      this.log.push('hangs');
      try {
        yield* suspend();
      } finally {
        this.log.push('cleaned');
      }
    }
    yield* spawn(function* (log: string[]) {
      yield* sleep(2);
      log.push('child');
    }, this.log);
    yield* sleep(1);
    return { did: what };
  }
}

function stoppedByItself(): Operation<void> {
  return scope(function* (own) {
    own.cancel();
    yield* sleep(1);
  });
}

// oxlint-disable-next-line require-yield
function* refused(): Operation<void> {
  const { OverloadError } = yield* until(import('heddle'));
  throw new OverloadError('no room');
}

/** Also when it is cancelled. */
function* missing(after: number): Operation<never> {
  try {
    yield* sleep(after);
  } finally {
    throw new HttpError(404, 'not there');
  }
}

interface Site {
  readonly server: Server;
  readonly close: () => Promise<unknown>;
}

interface Options extends NodeFibersOptions {
  readonly runtime: Runtime;
}

const quiet = { onError: () => {} };
const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => {
    if (server.listening) resolve(server);
    else server.once('listening', () => resolve(server));
  });

/** The same routes in each. `kind` is what the graph is to call them. */
const servers: Readonly<Record<string, { kind: string; open: (deeds: Deeds, options: Options) => Promise<Site> }>> = {
  'node:http': {
    kind: 'GET /do/:what',
    async open(deeds, options) {
      const fibers = nodeFibers({ ...quiet, kindOf: ({ method }) => `${method} /do/:what`, ...options });
      const server = fibers.attach(
        createServer(
          fibers.handler(function* (request, response) {
            const answer = yield* deeds.run(request.url!.split('/').at(-1)!);
            response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
          }),
        ),
      );
      return { server: await listening(server.listen(0, '127.0.0.1')), close: () => fibers.close() };
    },
  },
  express: {
    kind: 'GET /do/:what',
    async open(deeds, options) {
      const fibers = expressFibers(options);
      const app = express().set('env', 'test');
      app.get(
        '/do/:what',
        fibers.handler<{ what: string }>(function* (request, response) {
          response.json(yield* deeds.run(request.params.what));
        }),
      );
      const server = fibers.attach(app.listen(0, '127.0.0.1'));
      return { server: await listening(server), close: () => fibers.close() };
    },
  },
  fastify: {
    kind: 'GET /do/:what',
    async open(deeds, options) {
      const app = fastify();
      await app.register(fastifyFibers, options);
      app.get<{ Params: { what: string } }>('/do/:what', function* (request) {
        return yield* deeds.run(request.params.what);
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { server: app.server, close: () => app.close() };
    },
  },
  hono: {
    kind: 'GET /do/:what',
    async open(deeds, options) {
      const fibers = honoFibers(options);
      const app = new Hono();
      app.get(
        '/do/:what',
        fibers.handler(function* (context) {
          return context.json(yield* deeds.run(context.req.param('what')!));
        }),
      );
      app.onError((error, context) =>
        error instanceof HTTPException ? error.getResponse() : context.text(error.message, 500),
      );
      const server = fibers.attach(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
      return { server: await listening(server), close: () => fibers.close() };
    },
  },
};

interface Answer {
  /** 0 if the connection was closed instead. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Scene {
  readonly deeds: Deeds;
  readonly site: Site;
  readonly runtime: Runtime;
  get(what: string, signal?: AbortSignal): Promise<Answer>;
}

async function onSite(
  t: ExecutionContext,
  name: string,
  options: NodeFibersOptions,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const before = openSockets();
  const runtime = new Runtime();
  const deeds = new Deeds();
  const site = await servers[name]!.open(deeds, { ...options, runtime });
  const { port } = site.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const get = (what: string, signal?: AbortSignal): Promise<Answer> =>
    new Promise((resolve) => {
      const gone = (): void => resolve({ status: 0, headers: {}, body: '' });
      rawRequest({ host: '127.0.0.1', port, path: `/do/${what}`, agent, ...(signal && { signal }) }, (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('error', gone)
          .on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      })
        .on('error', gone)
        .end();
    });
  try {
    await body({ deeds, site, runtime, get });
  } finally {
    agent.destroy();
    await site.close();
  }
  for (let i = 0; i < 200 && openSockets() > before; i++) await pause(5);
  t.is(openSockets(), before, 'open sockets');
  t.is(runtime.loop.spawned, runtime.loop.ended, 'fibers');
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await pause(5);
  if (!condition()) throw new Error(`It did not come true: ${condition}`);
}

/** From now on so many requests may be worked on at once, whatever the net learns. */
function hold(entry: GatedEntry, most: number): void {
  Object.defineProperty(entry.nets.all, 'limit', { configurable: true, get: () => most, set() {} });
}

/** The sizes of the queue that the kernel is told from now on. */
function told(server: Server): readonly number[] {
  const { _handle: handle } = server as unknown as { _handle: { listen(size: number): number } };
  const sizes: number[] = [];
  const listenAgain = handle.listen.bind(handle);
  handle.listen = (size) => {
    sizes.push(size);
    return listenAgain(size);
  };
  return sizes;
}

const entryOf = (runtime: Runtime): GatedEntry => [...(runtime.loop.governor as ResourceGovernor).entries][0]!;

for (const name of Object.keys(servers)) {
  const { kind } = servers[name]!;

  for (const goal of [undefined, 5000]) {
    const options = goal === undefined ? {} : { goal };
    const how = goal === undefined ? '' : ', also with a goal';

    test.serial(`${name}: a straight-line handler answers, and its fibers belong to the request${how}`, (t) =>
      onSite(t, name, options, async ({ deeds, get }) => {
        const { status, body } = await get('well');
        t.is(status, 200);
        t.deepEqual(JSON.parse(body), { did: 'well' });
        await eventually(() => deeds.log.includes('child'));
      }),
    );

    test.serial(`${name}: what a handler throws is answered as the framework does${how}`, (t) =>
      onSite(t, name, options, async ({ get }) => {
        t.is((await get('boom')).status, 500);
        t.is((await get('teapot')).status, 418);
        t.is((await get('own')).status, 500);
        t.is((await get('both')).status, 404);
        t.is((await get('nothing')).status, 500);
        const { status, headers } = await get('overload');
        t.deepEqual([status, headers['retry-after']], [503, '1']);
        t.is((await get('well')).status, 200);
      }),
    );

    test.serial(`${name}: a client that goes away cancels its fiber, whose finally blocks run${how}`, (t) =>
      onSite(t, name, options, async ({ deeds, get, runtime }) => {
        const leaving = new AbortController();
        const answer = get('hang', leaving.signal);
        await eventually(() => deeds.log.includes('hangs'));
        leaving.abort();
        t.is((await answer).status, 0);
        await eventually(() => deeds.log.includes('cleaned'));
        await eventually(() => runtime.loop.spawned === runtime.loop.ended);
        if (goal !== undefined) await eventually(() => entryOf(runtime).live === 0);
      }),
    );
  }

  test.serial(`${name}: the graph knows requests by their route`, (t) =>
    onSite(t, name, {}, async ({ get, runtime }) => {
      await get('well');
      await get('good');
      const { nodes } = runtime.snapshotNow();
      t.true(
        nodes.some(({ chain }) => chain[0] === kind),
        JSON.stringify(nodes.map(({ chain }) => chain)),
      );
    }),
  );

  test.serial(`${name}: what cannot be let in is answered 503 with Retry-After, by its route`, (t) =>
    onSite(t, name, { goal: 200, grace: 50 }, async ({ deeds, get, runtime }) => {
      await Promise.all([1, 2, 3, 4].map(() => get('well')));
      const entry = entryOf(runtime);
      const begun = [get('latch'), get('latch')];
      await eventually(() => entry.live === 2);
      hold(entry, 2);
      const refusedOne = await get('well');
      t.is(refusedOne.status, 503);
      t.is(refusedOne.headers['retry-after'], '1');
      t.deepEqual([...entry.kinds.keys()], [kind]);
      hold(entry, Infinity);
      deeds.latch.set();
      for (const { status } of await Promise.all(begun)) t.is(status, 200);
      t.is((await get('well')).status, 200);
      await eventually(() => entry.live === 0);
    }),
  );

  test.serial(`${name}: in overload the kernel is told to keep fewer connections`, (t) =>
    onSite(t, name, { goal: 2000 }, async ({ deeds, site, get, runtime }) => {
      const sizes = told(site.server);
      const begun = get('latch');
      const entry = entryOf(runtime);
      await eventually(() => entry.live === 1);
      hold(entry, 1);
      const waiting = get('well');
      await eventually(() => sizes.length > 0);
      t.true(sizes[0]! < 64);
      hold(entry, Infinity);
      deeds.latch.set();
      t.is((await begun).status, 200);
      await waiting;
    }),
  );

  test.serial(`${name}: a request that waits and whose client goes away is withdrawn`, (t) =>
    onSite(t, name, { goal: 5000 }, async ({ deeds, get, runtime }) => {
      await get('well');
      const entry = entryOf(runtime);
      const begun = get('latch');
      await eventually(() => entry.live === 1);
      hold(entry, 1);
      const leaving = new AbortController();
      void get('well', leaving.signal);
      await eventually(() => entry.queue.size === 1);
      leaving.abort();
      await eventually(() => entry.queue.size === 0);
      hold(entry, Infinity);
      deeds.latch.set();
      t.is((await begun).status, 200);
      await eventually(() => runtime.loop.spawned === runtime.loop.ended);
      t.deepEqual(
        deeds.log.filter((line) => line === 'child'),
        ['child', 'child'],
        'of the first and of the second, and not of the one that was withdrawn',
      );
    }),
  );

  test.serial(`${name}: closing waits for requests under way`, (t) =>
    onSite(t, name, {}, async ({ deeds, get, site }) => {
      const soon = get('latch');
      await eventually(() => deeds.log.includes('latched'));
      let isClosed = false;
      const closed = site.close().then(() => (isClosed = true));
      await pause(10);
      t.false(isClosed);
      deeds.latch.set();
      const { status, headers } = await soon;
      t.is(status, 200);
      // Its `app.close()` waits for connections that are kept.
      if (name === 'fastify') t.is(headers.connection, 'close');
      await closed;
    }),
  );

  test.serial(`${name}: closing cancels requests when the grace is over`, async (t) => {
    let late: Promise<Answer> | undefined;
    await onSite(t, name, { grace: 10 }, async ({ deeds, get, site }) => {
      late = get('hang');
      await eventually(() => deeds.log.includes('hangs'));
      await site.close();
      t.true(deeds.log.includes('cleaned'));
    });
    t.is((await late!).status, 0);
  });
}

function* forEver(): Operation<void> {
  yield* suspend();
}

/** Servers in which `first` runs before a fiber's handler is asked for. */
const withFirst: Readonly<
  Record<string, (first: () => Promise<void>, handler: () => Operation<void>, options: Options) => Promise<Site>>
> = {
  async express(first, handler, options) {
    const fibers = expressFibers(options);
    const app = express().get(
      '/',
      async (_request, _response, next) => {
        await first();
        next();
      },
      fibers.handler(handler),
    );
    const server = fibers.attach(app.listen(0, '127.0.0.1'));
    return { server: await listening(server), close: () => fibers.close() };
  },
  async fastify(first, handler, options) {
    const app = fastify();
    await app.register(fastifyFibers, options);
    app.get('/', { preHandler: () => first() }, handler);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { server: app.server, close: () => app.close() };
  },
  async hono(first, handler, options) {
    const fibers = honoFibers(options);
    const app = new Hono();
    app.use(async (_context, next) => {
      await first();
      await next();
    });
    app.get(
      '/',
      fibers.handler(function* (context) {
        yield* handler();
        return context.text('');
      }),
    );
    const server = fibers.attach(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
    return { server: await listening(server), close: () => fibers.close() };
  },
};

for (const [name, open] of Object.entries(withFirst))
  for (const options of [{}, { goal: 500 }])
    test.serial(
      `${name}: no fiber begins for a client that went away before its handler was reached: ${JSON.stringify(options)}`,
      async (t) => {
        const runtime = new Runtime();
        let reached = false;
        const first = async (): Promise<void> => {
          client.destroy();
          await eventually(() => openSockets() === sockets);
          // Node tells the response in the next tick.
          await turn();
          reached = true;
        };
        const { server, close } = await open(first, forEver, { runtime, ...options });
        const sockets = openSockets();
        const client = connectSocket((server.address() as AddressInfo).port, '127.0.0.1');
        client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await eventually(() => reached);
        // By then what stands behind it has had its turn.
        await turn();
        t.is(runtime.loop.spawned, 0);
        await close();
      },
    );

test.serial('fastify: a hook of a route that is a generator is an error that names the fix', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers, {});
  const preHandler = function* (): Operation<void> {} as never;
  t.throws(() => app.get('/', { preHandler: [() => {}, preHandler] }, () => 'well'), {
    message: /preHandler.*`yield\*` it/,
  });
  await app.close();
});

test.serial('fastify: a hook or an error handler of the application that is a generator is one, too', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers, {});
  const generator = function* (): Operation<void> {} as never;
  let hooked = 0;
  const plugin = async (child: FastifyInstance): Promise<void> => {
    t.throws(() => void child.addHook('preHandler', generator), { message: /preHandler.*`yield\*` it/ });
    t.throws(() => void child.setErrorHandler(generator), { message: /setErrorHandler/ });
    const withHook = { preHandler: (): void => {} };
    t.throws(() => void child.setNotFoundHandler(withHook, generator), { message: /setNotFoundHandler/ });
    // Others are the child's alone, as ever.
    child.addHook('onRequest', async () => void hooked++);
    child.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
    child.setNotFoundHandler((_request, reply) => reply.code(410).send('gone'));
    child.get('/child', async () => {
      throw new Error('of the child');
    });
  };
  await app.register(plugin, { prefix: '/of' });
  const { statusCode, body } = await app.inject('/of/child');
  t.deepEqual([statusCode, body, hooked], [418, 'of the child', 1]);
  t.is((await app.inject('/of/nothing')).statusCode, 410);
  t.is((await app.inject('/nowhere')).statusCode, 404);
  t.is(hooked, 2);
  await app.close();
});

test.serial('fastify: operations that a plain handler returns are run, as of plugins that wrap handlers', async (t) => {
  for (const options of [{}, { goal: 5000 }])
    for (const first of ['plugin', 'heddle']) {
      const runtime = new Runtime();
      const app = fastify();
      // As plugins do that trace, or know sockets.
      const wrap = (): void =>
        void app.addHook('onRoute', (route) => {
          const { handler } = route;
          route.handler = function (request, reply) {
            return handler.call(this, request, reply);
          };
        });
      if (first === 'plugin') wrap();
      await app.register(fastifyFibers, { ...options, runtime });
      if (first === 'heddle') wrap();
      const deeds = new Deeds();
      app.decorate('place', 'here');
      app.get('/wrapped/:what', function* (request) {
        const place = (this as unknown as { place: string }).place;
        return { place, ...(yield* deeds.run((request.params as { what: string }).what)) };
      });
      app.get<{ Params: { what: string } }>('/arrow/:what', (request) => deeds.run(request.params.what));
      app.get('/plain', () => ({ plain: 'object' }));
      app.get('/async', async () => 'async');
      const get = async (url: string): Promise<unknown> => {
        const answer = await app.inject(url);
        return answer.statusCode === 200 ? answer.body : answer.statusCode;
      };
      t.is(await get('/wrapped/well'), '{"place":"here","did":"well"}');
      t.is(await get('/wrapped/teapot'), 418);
      t.is(await get('/arrow/well'), '{"did":"well"}');
      t.is(await get('/arrow/teapot'), 418);
      t.is((await app.inject({ method: 'HEAD', url: '/arrow/well' })).statusCode, 200);
      t.is(await get('/plain'), '{"plain":"object"}');
      t.is(await get('/async'), 'async');
      const kinds = new Set(runtime.snapshotNow().nodes.map(({ chain }) => chain[0]));
      t.true(kinds.has('GET /wrapped/:what') && kinds.has('GET /arrow/:what'), [...kinds].join());
      await app.close();
      t.is(runtime.loop.spawned, runtime.loop.ended);
    }
});

test.serial(
  'fastify: an operation that is sent, or an async handler resolves to, is an error that names the fix',
  async (t) => {
    const deeds = new Deeds();
    const app = fastify();
    await app.register(fastifyFibers);
    app.get('/async', async () => deeds.run('well'));
    app.get('/sent', (_request, reply) => void reply.send(deeds.run('well')));
    app.get('/sent/by/fiber', function* (_request, reply) {
      yield* sleep(1);
      reply.send(sleep(1));
    });
    app.get('/serializer', (_request, reply) => void reply.serializer(JSON.stringify).send(deeds.run('well')));
    app.get('/data', async () => ({ just: 'data' }));
    for (const path of ['/async', '/sent', '/sent/by/fiber', '/serializer']) {
      const { statusCode, body } = await app.inject(path);
      t.is(statusCode, 500, path);
      t.regex(body, /never run: write `return yield\*/, path);
    }
    t.is((await app.inject('/data')).body, '{"just":"data"}');
    await app.close();
  },
);

test.serial('fastify: a generator for a WebSocket is an error that names the fix, whoever came first', async (t) => {
  const socketed = { websocket: true } as object;
  function* generator(): Operation<void> {}
  for (const first of ['sockets', 'heddle']) {
    const app = fastify();
    // As `@fastify/websocket` does.
    const wrap = (): void =>
      void app.addHook('onRoute', (route) => {
        const { handler } = route;
        if ('websocket' in route) route.handler = (request, reply) => void handler.call(app, request, reply);
      });
    if (first === 'sockets') wrap();
    await app.register(fastifyFibers);
    if (first === 'heddle') wrap();
    const refused = { code: 'ERR_HEDDLE_MISUSE', message: /WebSocket.*spawn a fiber/ };
    await app.register(async (child) => {
      t.throws(() => void child.get('/short', socketed, generator as never), refused);
      t.throws(() => void child.get('/in', { ...socketed, handler: generator as never }), refused);
      const route = { method: 'GET', url: '/long' } as const;
      t.throws(() => void child.route({ ...route, ...socketed, handler: generator as never }), refused);
      t.throws(() => void child.route({ ...route, wsHandler: generator, handler: () => 'well' } as never), refused);
      child.get('/plain', socketed, () => 'well');
    });
    t.is((await app.inject('/none')).statusCode, 404);
    await app.close();
  }
});

test.serial('fastify: what Fastify takes for any plugin is no unknown option', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers, { goal: 500, prefix: '/here', logLevel: 'warn' });
  await app.ready();
  await app.close();
  const other = fastify();
  await t.throwsAsync(async () => other.register(fastifyFibers, { gaol: 500 } as object), {
    code: 'ERR_HEDDLE_ARGUMENT',
    message: 'Unknown option `gaol` of `fastifyFibers`; did you mean `goal`?',
  });
});

test.serial('fastify: a request that had to wait goes on as the one it is', async (t) => {
  const requests = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const runtime = new Runtime();
  const deeds = new Deeds();
  const app = fastify();
  app.addHook('onRequest', (request, _reply, done) => requests.run(request.url, done));
  await app.register(fastifyFibers, { goal: 5000, runtime });
  const preHandler = async (): Promise<void> => void seen.push(requests.getStore());
  app.get<{ Params: { what: string } }>('/:what', { preHandler }, function* ({ params }) {
    return yield* deeds.run(params.what);
  });
  await app.inject('/well');
  const entry = entryOf(runtime);
  const begun = app.inject('/latch');
  await eventually(() => entry.live === 1);
  hold(entry, 1);
  const waiting = app.inject('/good');
  await eventually(() => entry.queue.size === 1);
  requests.run('nobody', () => deeds.latch.set());
  await Promise.all([begun, waiting]);
  t.deepEqual(seen, ['/well', '/latch', '/good']);
  await app.close();
});

for (const [options, expected] of [
  [{}, []],
  [{ goal: 500 }, [64]],
  [{ goal: 500, backlog: 200 }, [200]],
] as const)
  test.serial(
    `the kernel is told how many connections to keep, once a server listens: ${JSON.stringify(options)}`,
    async (t) => {
      for (const late of [false, true]) {
        await using fibers = nodeFibers(options);
        const server = createServer();
        let sizes: readonly number[] = [];
        server.once('listening', () => (sizes = told(server)));
        if (!late) fibers.attach(server);
        await listening(server.listen(0, '127.0.0.1'));
        if (late) fibers.attach(server);
        t.deepEqual(sizes, expected);
      }
    },
  );

test.serial(
  'a server that is attached late, or listens again, is told how many connections are kept by then',
  async (t) => {
    const runtime = new Runtime();
    await using fibers = nodeFibers({ goal: 500, runtime });
    const first = await listening(fibers.attach(createServer()).listen(0, '127.0.0.1'));
    const { backlog } = entryOf(runtime) as unknown as { backlog: { resize(size: number): void } };
    backlog.resize(16);
    const second = await listening(createServer().listen(0, '127.0.0.1'));
    const sizes = told(second);
    fibers.attach(second);
    t.deepEqual(sizes, [16]);
    first.close();
    await once(first, 'close');
    let again: readonly number[] = [];
    first.prependOnceListener('listening', () => (again = told(first)));
    await listening(first.listen(0, '127.0.0.1'));
    t.deepEqual(again, [16]);
  },
);

test.serial('fastify: inject works, with and without a goal', async (t) => {
  for (const options of [{}, { goal: 500 }]) {
    const app = fastify();
    await app.register(fastifyFibers, options);
    app.post<{ Body: { n: number } }>('/double', function* ({ body }, reply) {
      yield* sleep(1);
      reply.header('x-by', 'fiber');
      return { n: 2 * body.n };
    });
    app.get('/sends', function* (_request, reply) {
      yield* sleep(1);
      reply.code(201).send('sent');
    });
    app.get('/async', async () => 'async');
    const { headers, ...response } = await app.inject({ method: 'POST', url: '/double', payload: { n: 21 } });
    t.is(response.body, '{"n":42}');
    t.is(headers['x-by'], 'fiber');
    t.is((await app.inject('/sends')).statusCode, 201);
    t.is((await app.inject('/async')).body, 'async');
    t.is((await app.inject({ method: 'HEAD', url: '/sends' })).statusCode, 201);
    t.is((await app.inject({ method: 'POST', url: '/double', payload: '{' })).statusCode, 415);
    await app.close();
  }
});

test.serial('fastify: a request that never reaches its handler is not counted as under way', async (t) => {
  const runtime = new Runtime();
  const app = fastify();
  await app.register(fastifyFibers, { goal: 500, runtime });
  app.post('/', { schema: { body: { type: 'object', required: ['n'] } } }, function* () {
    return 'well';
  });
  t.is((await app.inject({ method: 'POST', url: '/', payload: {} })).statusCode, 400);
  await eventually(() => entryOf(runtime).live === 0);
  await app.close();
  t.is(runtime.loop.spawned, runtime.loop.ended);
});

test.serial(
  'fastify: a route that was added before the plugin says so, also where the plugin was not waited for',
  async (t) => {
    for (const waits of [true, false]) {
      const app = fastify();
      if (!waits) void app.register(fastifyFibers, {});
      app.get('/', function* () {
        return 'never';
      });
      if (waits) await app.register(fastifyFibers, {});
      const { statusCode, body } = await app.inject('/');
      t.is(statusCode, 500);
      t.regex(body, /added after `await app\.register/);
      await app.close();
    }
  },
);

test.serial('fastify: connections to both addresses of localhost count', async (t) => {
  // Two of this machine's, whether or not it has IPv6.
  const { lookup } = dns;
  t.teardown(() => (dns.lookup = lookup));
  dns.lookup = ((host: string, ...rest: unknown[]) => {
    const hosts = host === 'localhost' ? ['127.0.0.1', '127.0.0.2'] : [host];
    const answer = rest.length === 2 ? [hosts.map((address) => ({ address, family: 4 }))] : [hosts[0], 4];
    process.nextTick(rest.at(-1) as () => void, null, ...answer);
  }) as unknown as typeof lookup;
  const runtime = new Runtime();
  const app = fastify();
  await app.register(fastifyFibers, { goal: 500, runtime });
  app.get('/', function* () {
    yield* sleep(1);
    return 'well';
  });
  await app.listen({ port: 0, host: 'localhost' });
  const addresses = app.addresses();
  t.is(addresses.length, 2);
  const agents: Agent[] = [];
  for (const { address: host, port } of [...addresses, ...addresses] as AddressInfo[]) {
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    await new Promise<void>((resolve) => {
      rawRequest({ host, port, agent }, (response) => void response.resume().on('end', resolve)).end();
    });
  }
  // Of a further address the first request tells the server.
  t.is(runtime.loop.descriptors.counted, 3);
  for (const agent of agents) agent.destroy();
  await app.close();
});

/** What an application of Express answers while `body` runs. */
async function onExpress(
  options: Partial<Options>,
  open: (app: express.Express, fibers: ReturnType<typeof expressFibers>) => void,
  body: (get: (path: string, init?: RequestInit) => Promise<string>, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const fibers = expressFibers({ runtime, ...options });
  const app = express().set('env', 'test');
  open(app, fibers);
  const server = await listening(fibers.attach(app.listen(0, '127.0.0.1')));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await body(async (path, init) => (await fetch(url + path, init)).text(), runtime);
  await fibers.close();
}

test.serial('express: the graph knows the routes of a router with its path', (t) =>
  onExpress(
    {},
    (app, fibers) => {
      const router = express.Router();
      router.get(
        '/users/:id',
        fibers.handler<{ id: string }>(function* (request, response) {
          yield* sleep(1);
          response.send(request.params.id);
        }),
      );
      app.use('/api', router);
    },
    async (get, runtime) => {
      t.is(await get('/api/users/7'), '7');
      const kinds = runtime.snapshotNow().nodes.map(({ chain }) => chain[0]);
      t.true(kinds.includes('GET /api/users/:id'), kinds.join());
    },
  ),
);

test.serial('express: a handler may pass a request on, past its route too', (t) =>
  onExpress(
    {},
    (app, fibers) => {
      app.get(
        '/:how',
        fibers.handler<{ how: string }>(function* ({ params }, _response, next) {
          yield* sleep(1);
          next(params.how === 'past' ? 'route' : undefined);
        }),
        (_request, response) => void response.send('the same route'),
      );
      app.get('/:how', (_request, response) => void response.send('another route'));
    },
    async (get) => {
      t.is(await get('/on'), 'the same route');
      t.is(await get('/past'), 'another route');
    },
  ),
);

test.serial('express: an error handler that is a fiber is an error that names the fix', async (t) => {
  await using fibers = expressFibers();
  // TypeScript does not accept it either.
  const handle = function* (_error: unknown, _request: unknown, _response: unknown, next: () => void) {
    next();
  } as unknown as () => Operation<void>;
  t.throws(() => fibers.handler(handle), {
    code: 'ERR_HEDDLE_ARGUMENT',
    message: /an error handler stays a plain function, without `fibers\.handler`/,
  });
});

test.serial('express: what is expensive may stand behind a handler that only asks to be let in', async (t) => {
  let parsed = 0;
  const latch = event();
  await onExpress(
    { goal: 5000 },
    (app, fibers) => {
      const admitted = fibers.handler(function* (_request, _response, next) {
        next();
      });
      const parse = express.json();
      app.post(
        '/orders',
        admitted,
        (request, response, next) => {
          parsed++;
          parse(request, response, next);
        },
        fibers.handler(function* (request, response) {
          yield* sleep(1);
          response.json(request.body);
        }),
      );
      app.get(
        '/latch',
        fibers.handler(function* (_request, response) {
          yield* latch.wait();
          response.send('open');
        }),
      );
    },
    async (get, runtime) => {
      const order = { method: 'POST', body: '{"items":2}', headers: { 'content-type': 'application/json' } };
      t.is(await get('/orders', order), '{"items":2}');
      const entry = entryOf(runtime);
      const begun = get('/latch');
      await eventually(() => entry.live === 1);
      hold(entry, 1);
      const waiting = get('/orders', order);
      await eventually(() => entry.queue.size === 1);
      t.is(parsed, 1);
      hold(entry, Infinity);
      latch.set();
      t.is(await begun, 'open');
      t.is(await waiting, '{"items":2}');
      t.is(parsed, 2);
      await eventually(() => entry.live === 0);
    },
  );
});

test.serial(
  'express: what is thrown after the reply comes to the error handlers, and the reply has arrived',
  async (t) => {
    const told: string[] = [];
    await onExpress(
      {},
      (app, fibers) => {
        app.get(
          '/',
          fibers.handler(function* (_request, response) {
            response.send('sent');
            yield* sleep(1);
            throw new Error('late');
          }),
        );
        app.use(((error: Error, _request, _response, next) => {
          told.push(error.message);
          next(error);
        }) as express.ErrorRequestHandler);
      },
      async (get) => {
        t.is(await get('/'), 'sent');
        await eventually(() => told.length === 1);
      },
    );
    t.deepEqual(told, ['late']);
  },
);

test.serial('in a program of heddle the requests belong to the scope in which the host was opened', async (t) => {
  const runtime = new Runtime();
  const deeds = new Deeds();
  await runtime.run(function* () {
    yield* scope(function* () {
      const fibers = expressFibers({ grace: 20 });
      const app = express();
      app.get(
        '/',
        fibers.handler(() => deeds.run('hang')),
      );
      const server = fibers.attach(app.listen(0, '127.0.0.1'));
      yield* until(listening(server));
      rawRequest({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
        .on('error', () => {})
        .end();
      for (let i = 0; i < 400 && deeds.log.length === 0; i++) yield* sleep(5);
    });
    t.deepEqual(deeds.log, ['hangs', 'cleaned']);
  });
  t.is(runtime.loop.spawned, runtime.loop.ended);
});

test.serial('a host that is closed early leaves nothing in the scope in which it was opened', async (t) => {
  await new Runtime().run(() =>
    scope(function* (work) {
      const fibers = nodeFibers();
      const { cleanups } = work as unknown as { readonly cleanups: Set<unknown> };
      t.is(cleanups.size, 1);
      yield* until(fibers.close());
      t.is(cleanups.size, 0);
    }),
  );
});

test.serial('a server that begins to listen after its host was closed is closed', async (t) => {
  const fibers = nodeFibers();
  const server = fibers.attach(createServer(fibers.handler(function* () {})));
  // Its address is looked up meanwhile.
  server.listen(0, 'localhost');
  const listens = once(server, 'listening');
  await Promise.all([fibers.close(), listens]);
  t.false(server.listening);
  server.close();
});

test.serial('node:http: what `kindOf` and `priorityOf` throw is answered as the fault of a handler', async (t) => {
  const reported: unknown[] = [];
  const runtime = new Runtime();
  const fibers = nodeFibers({
    runtime,
    goal: 5000,
    kindOf: ({ url }) => new URL(url!).pathname,
    onError: (error) => void reported.push((error as Error).message),
  });
  const fussy = nodeFibers({
    runtime,
    goal: 5000,
    priorityOf() {
      throw new Error('no priority');
    },
    onError: (error) => void reported.push((error as Error).message),
  });
  for (const host of [fibers, fussy]) {
    const server = host.attach(createServer(host.handler(() => suspend())));
    await listening(server.listen(0, '127.0.0.1'));
    const { port } = server.address() as AddressInfo;
    t.is((await fetch(`http://127.0.0.1:${port}/any`, { headers: { connection: 'close' } })).status, 500);
    await host.close();
  }
  t.deepEqual(reported, ['Invalid URL', 'no priority']);
});

for (const goal of [undefined, 5000]) {
  const how = goal === undefined ? '' : ', with a goal';

  test.serial(
    `HTTP/2: a request that is taken back cancels its fiber, and closing ends the sessions${how}`,
    async (t) => {
      for (const framework of ['node:http', 'hono', 'fastify']) {
        const deeds = new Deeds();
        const runtime = new Runtime();
        const { server, close } = await openHttp2(framework, deeds, { runtime, ...(goal !== undefined && { goal }) });
        const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        const answered = session.request({ ':path': '/do/well' });
        t.is((await once(answered, 'response'))[0][':status'], 200, framework);
        answered.resume();
        const leaving = session.request({ ':path': '/do/hang' });
        await eventually(() => deeds.log.includes('hangs'));
        leaving.close(constants.NGHTTP2_CANCEL);
        await eventually(() => deeds.log.includes('cleaned'));
        const ended = once(session, 'close');
        // Fastify leaves sessions to who has opened them.
        if (framework === 'fastify') session.close();
        await close();
        await ended;
        t.is(runtime.loop.spawned, runtime.loop.ended, framework);
      }
    },
  );
}

test.serial(
  'HTTP/2: a request that is refused without an answer may be sent again, and the session goes on',
  async (t) => {
    for (const framework of ['node:http', 'hono', 'fastify']) {
      const deeds = new Deeds();
      const runtime = new Runtime();
      const { server, close } = await openHttp2(framework, deeds, { runtime, goal: 200 });
      const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const begun = session.request({ ':path': '/do/latch' });
      await eventually(() => runtime.loop.governor !== null && entryOf(runtime).live === 1);
      (runtime.loop.governor as ResourceGovernor).mayAnswer = () => false;
      hold(entryOf(runtime), 1);
      const refused = session.request({ ':path': '/do/well' });
      await t.throwsAsync(once(refused, 'response'), { message: /NGHTTP2_REFUSED_STREAM/ }, framework);
      hold(entryOf(runtime), Infinity);
      deeds.latch.set();
      t.is((await once(begun, 'response'))[0][':status'], 200, framework);
      begun.resume();
      session.close();
      await close();
    }
  },
);

test.serial('HTTP/2: a reply that was only begun is cut off, and does not look complete', async (t) => {
  const fibers = nodeFibers({ grace: 0, onError() {} });
  const hijacking = fastify({ http2: true });
  await hijacking.register(fastifyFibers);
  hijacking.get('/hijack', function* (_request, reply) {
    reply.hijack();
    reply.raw.write('begun');
    yield* sleep(1);
    throw new Error('after hijacking');
  });
  await hijacking.listen({ port: 0, host: '127.0.0.1' });
  const writing = fibers.handler<Http2ServerRequest, Http2ServerResponse>(function* (request, response) {
    response.write('begun');
    if (request.url === '/throw') throw new Error('after its head');
    if (request.url === '/pipe') yield* pipe(Readable.from(breaking()), response);
    yield* suspend();
  });
  const server = fibers.attach(createHttp2Server(writing as never));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  for (const [origin, path] of [
    [server, '/throw'],
    [server, '/pipe'],
    [server, '/close'],
    [hijacking.server, '/hijack'],
  ] as const) {
    const session = connect(`http://127.0.0.1:${(origin.address() as AddressInfo).port}`);
    const stream = session.request({ ':path': path });
    const heard: string[] = [];
    for (const name of ['end', 'error']) stream.on(name, () => heard.push(name));
    const gone = new Promise((resolve) => stream.on('close', resolve));
    await once(stream, 'response');
    stream.resume();
    if (path === '/close') await fibers.close();
    await gone;
    t.deepEqual([heard, stream.rstCode], [['error'], constants.NGHTTP2_INTERNAL_ERROR], path);
    session.close();
  }
  await hijacking.close();
});

for (const protocol of ['HTTP/1.1', 'HTTP/2']) {
  test.serial(
    `${protocol}: a writer waits for a client that does not read, whose going is not reported; what breaks a reply is`,
    async (t) => {
      const reported: string[] = [];
      let written = 0;
      let left = false;
      const fibers = nodeFibers({ onError: (error) => void reported.push((error as Error).message) });
      const handler = fibers.handler(function* (request, response) {
        if (request.url === '/pipe') return yield* pipe(Readable.from(breaking()), response);
        try {
          for (const output = writer(response); written < 500; written++) yield* output.write(Buffer.alloc(100_000));
        } finally {
          left = true;
        }
      });
      const server = fibers.attach(protocol === 'HTTP/2' ? createHttp2Server(handler as never) : createServer(handler));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const session = protocol === 'HTTP/2' ? connect(origin) : null;
      const ask = (path: string): Readable & { destroy(): unknown } =>
        session?.request({ ':path': path }) ?? (rawRequest(origin + path).end() as unknown as Readable);
      const broken = ask('/pipe').on('error', () => {});
      broken.on('response', (reply: IncomingMessage) => protocol === 'HTTP/2' || reply.on('error', () => {}).resume());
      await eventually(() => reported.length > 0);
      const leaving = ask('/much').on('error', () => {});
      leaving.on('response', (reply: IncomingMessage) => protocol === 'HTTP/2' || reply.on('error', () => {}));
      await eventually(() => written > 0);
      await pause(50);
      t.true(written < 500, 'all was written to a client that has read nothing');
      leaving.destroy();
      await eventually(() => left);
      await turn();
      t.deepEqual(reported, ['broken']);
      session?.close();
      await fibers.close();
    },
  );
}

async function* breaking(): AsyncGenerator<string> {
  yield 'some';
  throw new Error('broken');
}

test.serial('HTTP/2: Node warns of nothing where a handler has failed', async (t) => {
  const deeds = new Deeds();
  const warnings: string[] = [];
  const warned = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warned);
  for (const framework of ['node:http', 'hono', 'fastify']) {
    const { server, close } = await openHttp2(framework, deeds, { runtime: new Runtime() });
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = session.request({ ':path': '/do/teapot' });
    t.is((await once(stream, 'response'))[0][':status'], 418, framework);
    await once(stream.resume(), 'close');
    session.close();
    await close();
  }
  await turn();
  process.off('warning', warned);
  t.deepEqual(warnings, []);
});

async function openHttp2(framework: string, deeds: Deeds, options: Options): Promise<Site> {
  if (framework === 'fastify') {
    const app = fastify({ http2: true });
    await app.register(fastifyFibers, options);
    app.get('/do/:what', function* (request) {
      return yield* deeds.run((request.params as { readonly what: string }).what);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { server: app.server as unknown as Server, close: () => app.close() };
  }
  const fibers = framework === 'hono' ? honoFibers(options) : nodeFibers({ kindOf: () => 'GET', ...options });
  const listener =
    fibers instanceof NodeFibers
      ? fibers.handler(function* (request, response) {
          response.end(JSON.stringify(yield* deeds.run(request.url!.split('/').at(-1)!)));
        })
      : getRequestListener(
          new Hono().get(
            '/do/:what',
            fibers.handler(function* (context) {
              return context.json(yield* deeds.run(context.req.param('what')!));
            }),
          ).fetch,
        );
  const server = fibers.attach(createHttp2Server(listener as never));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server: server as unknown as Server, close: () => fibers.close() };
}

test.serial('fastify: what is thrown after the reply is logged, and cuts off a reply that was hijacked', async (t) => {
  const logged: string[] = [];
  const app = fastify({
    logger: { level: 'error', stream: { write: (line) => void logged.push(JSON.parse(line).err.message) } },
  });
  await app.register(fastifyFibers);
  app.get('/sent', function* (_request, reply) {
    reply.send('sent');
    yield* sleep(1);
    throw new Error('after sending');
  });
  app.get('/hijacked', function* (_request, reply) {
    reply.hijack();
    reply.raw.write('begun');
    yield* sleep(1);
    throw new Error('after hijacking');
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.is(await (await fetch(`${url}/sent`)).text(), 'sent');
  await eventually(() => logged.length === 1);
  await t.throwsAsync(async () => (await fetch(`${url}/hijacked`)).text());
  t.deepEqual(logged, ['after sending', 'after hijacking']);
  await app.close();
});

test.serial(
  'fastify: a reply that a handler has begun itself goes on after the handler, as with async ones',
  async (t) => {
    const app = fastify();
    await app.register(fastifyFibers);
    app.get('/', function* (_request, reply) {
      reply.raw.writeHead(200, { 'content-type': 'text/plain' });
      reply.raw.write('begun');
      setTimeout(() => reply.raw.end(', ended'), 30);
      yield* sleep(1);
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    t.is(await (await fetch(url)).text(), 'begun, ended');
    await app.close();
  },
);

test.serial('fastify: what is thrown and is no Error is answered 500 all the same', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers);
  app.get('/', function* () {
    throw 'a text';
  });
  const { statusCode, body } = await app.inject('/');
  t.is(statusCode, 500);
  t.is(JSON.parse(body).message, 'The handler threw `a text` (string)');
  await app.close();
});

test.serial(
  'fastify: what is thrown and is no Error has its status, code and message in the error handler',
  async (t) => {
    const app = fastify();
    await app.register(fastifyFibers);
    const thrown = { statusCode: 402, code: 'PAY', message: 'pay first' };
    app.get('/', function* () {
      throw thrown;
    });
    app.get('/trap', function* () {
      const trap = {
        get code(): string {
          throw new TypeError('a trap');
        },
      };
      throw trap;
    });
    const { statusCode, body } = await app.inject('/');
    t.is(statusCode, 402);
    t.deepEqual(JSON.parse(body), { error: 'Payment Required', ...thrown });
    t.is((await app.inject('/trap')).statusCode, 500);
    await app.close();
  },
);

test.serial('fastify: a request asks to be let in before the hooks of its route', async (t) => {
  const order: string[] = [];
  const app = fastify();
  await app.register(fastifyFibers, { goal: 500, priorityOf: () => order.push('asks') });
  const onRequest = async (): Promise<void> => void order.push('hook');
  app.get('/', { onRequest }, function* () {
    order.push('handler');
    return order;
  });
  t.deepEqual((await app.inject('/')).json(), ['asks', 'hook', 'handler']);
  await app.close();
});

test.serial('fastify: a second registration says so, in a plugin within too', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers, { goal: 500 });
  await t.throwsAsync(
    async () => {
      await app.register(async (child) => {
        await child.register(fastifyFibers, { goal: 100 });
      });
    },
    { code: 'ERR_HEDDLE_MISUSE', message: /registered already/ },
  );
});

test.serial('fastify: plugins side by side may each have their own', async (t) => {
  const app = fastify();
  for (const prefix of ['/a', '/b'])
    await app.register(
      async (child) => {
        await child.register(fastifyFibers, { goal: 500 });
        child.decorate('place', prefix);
        child.get('/', function* () {
          yield* sleep(1);
          return (this as unknown as { readonly place: string }).place;
        });
      },
      { prefix },
    );
  t.is((await app.inject('/a')).body, '/a');
  t.is((await app.inject('/b')).body, '/b');
  await app.close();
});

for (const goal of [undefined, 5000])
  test.serial(
    `fastify: a plugin that wraps handlers sees a fiber as an \`async\` handler${goal === undefined ? '' : ', also with a goal'}`,
    async (t) => {
      const log: string[] = [];
      const app = fastify();
      await app.register(fastifyFibers, goal === undefined ? {} : { goal });
      app.addHook('onRoute', (route) => {
        const { handler } = route;
        route.handler = async function (request, reply) {
          try {
            const value = await handler.call(this, request, reply);
            log.push(`${handler.name}: ${JSON.stringify(value)}`);
            return value;
          } catch (error) {
            log.push(`${handler.name} threw ${String(error)}`);
            throw error;
          }
        };
      });
      app.get('/value', function* value() {
        yield* sleep(1);
        return { a: 1 };
      });
      app.get('/sent', function* sent(_request, reply) {
        yield* sleep(1);
        reply.send('sent');
        yield* sleep(1);
      });
      app.get('/thrown', function* thrown() {
        yield* sleep(1);
        throw new HttpError(404, 'not there');
      });
      app.get('/raw', function* raw(_request, reply) {
        reply.hijack();
        reply.raw.write('begun');
        yield* sleep(1);
        throw new Error('midway');
      });
      app.get('/left', function* left() {
        log.push('reached');
        yield* suspend();
      });
      app.get('/arrow', (() => sleep(1)) as unknown as () => void);
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      for (const [path, status, body] of [
        ['value', 200, '{"a":1}'],
        ['sent', 200, 'sent'],
        ['thrown', 404, '{"statusCode":404,"code":"ERR_HEDDLE_HTTP","error":"Not Found","message":"not there"}'],
        ['arrow', 200, ''],
      ] as const) {
        const answer = await fetch(`${url}/${path}`);
        t.deepEqual([answer.status, await answer.text()], [status, body], path);
      }
      await t.throwsAsync(async () => (await fetch(`${url}/raw`)).text());
      const leaving = new AbortController();
      const answer = fetch(`${url}/left`, { signal: leaving.signal });
      await eventually(() => log.includes('reached'));
      leaving.abort();
      await t.throwsAsync(answer, { any: true });
      await eventually(() => log.at(-1)!.startsWith('left'));
      t.deepEqual(log, [
        'value: {"a":1}',
        'sent: undefined',
        'thrown threw HttpError: not there',
        ': undefined',
        'raw threw Error: midway',
        'reached',
        'left: undefined',
      ]);
      await app.close();
    },
  );

test.serial('fastify: what a handler sends and does not return is the reply, whatever hooks there are', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers);
  app.addHook('preSerialization', async (_request, _reply, payload) => payload);
  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.url === '/broken') throw new Error('of a hook');
    return payload;
  });
  app.get('/sent', function* (_request, reply) {
    yield* sleep(1);
    reply.send({ sent: true });
  });
  app.get('/nothing', function* () {
    yield* sleep(1);
  });
  app.get('/broken', function* () {});
  t.is((await app.inject('/sent')).body, '{"sent":true}');
  const { statusCode, body } = await app.inject('/nothing');
  t.deepEqual([statusCode, body], [200, '']);
  t.is((await app.inject('/broken')).statusCode, 500);
  await app.close();
});

test.serial(
  'a promise that a handler returns and has not waited for is answered by an error that says so',
  async (t) => {
    await onSite(t, 'fastify', {}, async ({ get }) => {
      // What the deeds return is what the handler returns.
      const { status, body } = await get('promise');
      t.is(status, 500);
      t.regex(JSON.parse(body).message, /write `return yield\* until/);
    });
  },
);

test.serial('the stack of what a handler throws shows its calls and its fiber, whatever the framework', async (t) => {
  function* handle(): Operation<never> {
    yield* sleep(1);
    throw new Error('broken');
  }
  const stacks: Record<string, string> = {};
  await using inExpress = expressFibers();
  const expressApp = express();
  expressApp.get('/', inExpress.handler(handle));
  expressApp.use(((error, _request, response, _next) => {
    stacks['express'] = error.stack;
    response.end();
  }) as express.ErrorRequestHandler);
  const server = inExpress.attach(expressApp.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  const fastifyApp = fastify();
  await fastifyApp.register(fastifyFibers);
  fastifyApp.get('/', handle);
  fastifyApp.setErrorHandler((error: Error) => {
    stacks['fastify'] = error.stack!;
    return 'well';
  });
  await fastifyApp.inject('/');
  await fastifyApp.close();
  await using inHono = honoFibers();
  const honoApp = new Hono();
  honoApp.get('/', inHono.handler(handle));
  honoApp.onError((error) => {
    stacks['hono'] = error.stack!;
    return new Response();
  });
  await honoApp.request('/');
  t.deepEqual(Object.keys(stacks), ['express', 'fastify', 'hono']);
  for (const stack of Object.values(stacks)) {
    t.regex(stack, /^Error: broken\n.*at (Object\.)?handle \(.*frameworks\.test/);
    t.regex(stack, /\n {4}at fiber \d+ GET \/[^\n]*$/);
    t.notRegex(stack, /run-loop|drive\.[jt]s/);
  }
});

test.serial('a framework that throws at being told of a failure loses that request, and no other', async (t) => {
  const runtime = new Runtime();
  const fibers = expressFibers({ runtime });
  const handler = fibers.handler(function* (request, response) {
    yield* sleep(1);
    if (request.url === '/bad') throw new Error('a failure');
    response.end('well');
  });
  const thrower = (): never => {
    throw new Error('of the framework');
  };
  const server = fibers.attach(
    createServer(
      (request, response) => void handler(request as express.Request, response as express.Response, thrower),
    ),
  );
  await listening(server.listen(0, '127.0.0.1'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { error } = console;
  const said: unknown[] = [];
  console.error = (what: Error) => void said.push(what.message);
  try {
    await t.throwsAsync(fetch(`${url}/bad`));
  } finally {
    console.error = error;
  }
  t.deepEqual(said, ['of the framework']);
  t.is(await (await fetch(`${url}/good`)).text(), 'well');
  await fibers.close();
  t.is(runtime.loop.spawned, runtime.loop.ended);
});

test.serial('closing cuts no reply that a slow client still has to get', async (t) => {
  const before = openSockets();
  const fibers = nodeFibers({ grace: 10_000 });
  const size = 2 ** 24;
  let answered = false;
  const handler = fibers.handler(function* (_request, response) {
    response.end(Buffer.alloc(size));
    answered = true;
  });
  const server = await listening(fibers.attach(createServer(handler)).listen(0, '127.0.0.1'));
  const client = connectSocket((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => answered);
  let isClosed = false;
  const closed = fibers.close().then(() => (isClosed = true));
  await pause(20);
  t.false(isClosed, 'it did not wait for the reply');
  let received = 0;
  const gone = once(client, 'close');
  client.on('data', (piece) => (received += piece.length)).resume();
  await closed;
  await gone;
  t.true(received > size, `${received} of ${size} bytes`);
  await eventually(() => openSockets() <= before);
});

test.serial(
  'closing waits for a reply that others finish after its handler, without a bound if the grace has none',
  async (t) => {
    const fibers = nodeFibers({ grace: Infinity });
    const handler = fibers.handler(function* (_request, response) {
      response.write('begun, ');
      setTimeout(() => response.end('and done'), 40);
    });
    const kept = createServer({ keepAliveTimeout: 600_000 }, handler);
    const server = await listening(fibers.attach(kept).listen(0, '127.0.0.1'));
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const closed = once(server, 'close');
    await fibers.close();
    t.is(await reply.text(), 'begun, and done');
    await closed;
  },
);

test.serial('a client that never reads its reply keeps a closed server for the grace alone', async (t) => {
  const before = openSockets();
  const fibers = nodeFibers({ grace: 50 });
  let answered = false;
  const handler = fibers.handler(function* (_request, response) {
    response.end(Buffer.alloc(2 ** 24));
    answered = true;
  });
  const server = await listening(fibers.attach(createServer(handler)).listen(0, '127.0.0.1'));
  const client = connectSocket((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => answered);
  const closed = once(server, 'close');
  await fibers.close();
  await closed;
  client.destroy();
  await eventually(() => openSockets() <= before);
  t.pass();
});

test.serial('closing ends connections on which nothing has come, and after its grace all others', async (t) => {
  const fibers = nodeFibers({ grace: 50 });
  const server = createServer(
    fibers.handler(function* (_request, response) {
      response.end();
    }),
  );
  fibers.attach(server).on('upgrade', (_request, socket) => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const heads = ['', 'GET / HTTP/1.1\r\nHo', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'];
  const clients = heads.map((head) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    if (head !== '') socket.write(head);
    return socket;
  });
  await once(server, 'upgrade');
  await pause(20);
  await fibers.close();
  // Node's own `close` waits for each of them.
  if (clients.some((client) => !client.closed)) await once(server, 'close');
  t.false(server.listening);
});

test.serial('closing answers what still comes on an open connection, with a goal and without', async (t) => {
  for (const goal of [undefined, 500]) {
    const deeds = new Deeds();
    const fibers = nodeFibers(goal === undefined ? {} : { goal });
    const handler = fibers.handler(function* (_request, response) {
      yield* deeds.run('latch');
      response.end('done');
    });
    const server = await listening(fibers.attach(createServer(handler)).listen(0, '127.0.0.1'));
    const client = connectSocket((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    client.on('data', (piece: string) => (received += piece)).write('GET /first HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => deeds.log.length === 1);
    const gone = once(client, 'close');
    const closed = fibers.close();
    const asked = once(server, 'request');
    client.write('GET /second HTTP/1.1\r\nHost: x\r\n\r\n');
    await asked;
    deeds.latch.set();
    await closed;
    await gone;
    t.regex(received, /200 OK[^]*keep-alive[^]*done[^]*200 OK[^]*Connection: close[^]*done/, `${goal}`);
  }
});

test.serial('fastify: closing does not wait for a connection on which nothing has come', async (t) => {
  const app = fastify();
  await app.register(fastifyFibers);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connectSocket((app.server.address() as AddressInfo).port, '127.0.0.1');
  const gone = once(client.resume(), 'close');
  await once(app.server, 'connection');
  // Node's own `close` would wait for a minute.
  const late = pause(20_000, 'late', { ref: false });
  t.not(await Promise.race([app.close(), late]), 'late');
  await gone;
});

test.serial('node:http: a handler that returns data in place of an operation is told how to write it', async (t) => {
  const told: unknown[] = [];
  const fibers = nodeFibers({ onError: (error) => told.push(error) });
  const server = fibers.attach(createServer(fibers.handler(() => [1, 2] as never))).listen(0);
  await listening(server);
  t.is((await fetch(`http://localhost:${(server.address() as AddressInfo).port}`)).status, 500);
  await fibers.close();
  t.regex(String(told[0]), /^MisuseError: Expected an operation, got .* `Array`: is it a function\*\?/);
});

test.serial('node:http: what fails after its reply is reported, and the whole reply arrives', async (t) => {
  const before = openSockets();
  const size = 2 ** 24;
  const reported: unknown[] = [];
  const fibers = nodeFibers({ onError: (error) => void reported.push((error as Error).message) });
  const server = fibers.attach(
    createServer(
      fibers.handler(function* (request, response) {
        response.end(Buffer.alloc(request.url === '/large' ? size : 2));
        if (request.url === '/late') yield* until(once(response, 'close'));
        throw request.url === '/answer' ? new HttpError(404, request.url) : new Error(request.url);
      }),
    ),
  );
  await listening(server.listen(0, '127.0.0.1'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['/late', '/early', '/answer'])
    t.is((await (await fetch(url + path)).arrayBuffer()).byteLength, 2, path);
  t.is((await (await fetch(`${url}/large`)).arrayBuffer()).byteLength, size);
  await fibers.close();
  t.deepEqual(reported, ['/late', '/early', '/answer', '/large']);
  await eventually(() => openSockets() <= before);
});

test.serial('node:http: a second reply is reported, and the first one arrives', async (t) => {
  const reported: unknown[] = [];
  const fibers = nodeFibers({ onError: (error) => void reported.push((error as { code?: string }).code) });
  const handler = fibers.handler(function* (_request, response) {
    response.end('first');
    response.end('second');
  });
  const server = fibers.attach(createServer(handler));
  await listening(server.listen(0, '127.0.0.1'));
  t.is(await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text(), 'first');
  await fibers.close();
  t.deepEqual(reported, ['ERR_STREAM_WRITE_AFTER_END']);
});
