import {
  Agent,
  createServer as createHttpServer,
  request as rawRequest,
  type IncomingHttpHeaders,
  type Server,
} from 'node:http';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { connect, createServer, Server as PlainServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { ArgumentError, event, OverloadError, Runtime, sleep, spawn, until, type Event, type Operation } from 'heddle';
import { listen, serve, text, type Handler, type HttpServer } from 'heddle/http';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Entry } from '#src/fibers/governor.js';
import type { RunLoop } from '#src/fibers/run-loop.js';
import { RequestWatch } from '#src/io/http/request-watch.js';
import { onUpgrade } from '#src/io/http/on-upgrade.js';
import { resizeBacklog } from '#src/io/kernel-queue.js';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { leavesNothing } from '../support/leaks.js';
import { leftovers } from '../support/no-leak.js';
import { eventually } from '../support/eventually.js';

interface Answer {
  /** 0 if the connection was closed instead. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** A client with one connection, which it keeps. */
class Client {
  private readonly agent: Agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly port: number;
  /** Connections that it had to open. */
  connections: number = 0;

  constructor({ port }: HttpServer) {
    this.port = port;
  }

  get(path: string): Promise<Answer> {
    return new Promise((resolve) => {
      const { agent, port } = this;
      rawRequest({ host: '127.0.0.1', port, path, agent }, (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode!, headers: response.headers }));
      })
        .on('socket', (socket) => socket.connecting && this.connections++)
        .on('error', () => resolve({ status: 0, headers: {} }))
        .end();
    });
  }

  destroy(): void {
    this.agent.destroy();
  }
}

interface Scene {
  readonly runtime: Runtime;
  readonly server: HttpServer;
  readonly entry: GatedEntry;
  /** Stops the server. */
  readonly stop: () => void;
  /** Handlers of `/slow` go on once it is set. */
  readonly latch: Event;
  client(): Client;
  /** Clients that have had an answer on their connections. */
  regulars(count: number): Operation<Client[]>;
  /** From now on so many requests may be worked on at once. */
  limit(most: number): void;
}

/** A server with a goal; at the end nothing may be left behind. */
function overloaded(
  t: ExecutionContext,
  options: Parameters<typeof listen>[0],
  body: (scene: Scene) => Operation<void>,
): Promise<void> {
  return leavesNothing(t, function* (runtime) {
    const latch = event();
    const clients: Client[] = [];
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 50, goal: 1000, onError: () => {}, ...options });
    const handler: Handler = function* (request) {
      if (request.path === '/slow') yield* latch.wait();
      if (request.path === '/sleep') yield* sleep(20);
      return text('done');
    };
    const serving = yield* spawn(() => server.serve(handler));
    const client = (): Client => {
      clients.push(new Client(server));
      return clients.at(-1)!;
    };
    yield* eventually(() => runtime.loop.governor !== null);
    const [entry] = (runtime.loop.governor as ResourceGovernor).entries;
    try {
      yield* body({
        runtime,
        server,
        entry: entry!,
        stop: () => serving.cancel(),
        latch,
        client,
        *regulars(count) {
          const opened = Array.from({ length: count }, client);
          for (const one of opened) t.is((yield* until(one.get('/'))).status, 200);
          return opened;
        },
        // It would grow in time.
        limit: (most) =>
          void Object.defineProperty(entry!.nets.all, 'limit', { get: () => most, set() {}, configurable: true }),
      });
    } finally {
      for (const one of clients) one.destroy();
      serving.cancel();
    }
  });
}

/** Has `most` requests worked on that do not end before the latch is set, and one more that waits. */
function* fill(scene: Scene, most: number): Operation<{ begun: Promise<Answer>[]; waiting: Promise<Answer> }> {
  const { entry, regulars, limit } = scene;
  const clients = yield* regulars(most + 1);
  const begun = clients.slice(1).map((one) => one.get('/slow'));
  yield* eventually(() => entry.live === most);
  limit(most);
  const slow = entry.kinds.get('GET /slow')!;
  const waiting = clients[0]!.get('/slow');
  // Where the goal is short it may have been refused before we look again.
  yield* eventually(() => slow.offered > most);
  return { begun, waiting };
}

test.serial('who was not let in is told 503 with Retry-After, and those that had begun go on', (t) =>
  overloaded(t, { goal: 200 }, function* (scene) {
    const { entry, latch, limit } = scene;
    const { begun, waiting } = yield* fill(scene, 2);
    const { status, headers } = yield* until(waiting);
    t.is(status, 503);
    t.is(headers['retry-after'], '1');
    t.is(headers['content-length'], '0');
    t.is(entry.live, 2);
    t.is(entry.refusals.get('latency'), 1);
    limit(Infinity);
    latch.set();
    for (const { status: good } of yield* until(Promise.all(begun))) t.is(good, 200);
  }),
);

// That a request without a body is complete the parser tells only after the request was handed over.
for (const [enough, connection] of [
  [true, 'keep-alive'],
  [false, 'close'],
] as const)
  test.serial(
    `a connection of which an earlier request was answered is told in overload; ${connection}, where there is ${enough ? '' : 'no '}time for being asked again`,
    (t) =>
      overloaded(t, { goal: 200 }, function* (scene) {
        const { runtime, latch, limit } = scene;
        (runtime.loop.governor as ResourceGovernor).mayAnswer = () => enough;
        const [regular] = yield* scene.regulars(1);
        const { begun } = yield* fill(scene, 2);
        const { status, headers } = yield* until(regular!.get('/slow'));
        t.is(status, 503);
        t.is(headers.connection, connection);
        limit(Infinity);
        latch.set();
        yield* until(Promise.all(begun));
        t.is((yield* until(regular!.get('/'))).status, 200);
        t.is(regular!.connections, enough ? 1 : 2);
      }),
  );

test.serial(
  'who was not let in with the first request of its connection is hung up on, where there is no time for an answer',
  (t) =>
    overloaded(t, { goal: 200 }, function* (scene) {
      const { runtime, latch, client } = scene;
      (runtime.loop.governor as ResourceGovernor).mayAnswer = () => false;
      const { begun } = yield* fill(scene, 1);
      t.is((yield* until(client().get('/slow'))).status, 0);
      latch.set();
      t.is((yield* until(begun[0]!)).status, 200);
    }),
);

test.serial('what waits for longer than a fifth of the goal is refused', (t) =>
  overloaded(t, { goal: 200 }, function* (scene) {
    const { begun, waiting } = yield* fill(scene, 1);
    t.is((yield* until(waiting)).status, 503);
    t.is(scene.entry.queue.size, 0);
    scene.latch.set();
    t.is((yield* until(begun[0]!)).status, 200);
  }),
);

for (const body of ['Content-Length: 10', 'Transfer-Encoding: chunked'])
  test.serial(`a connection on which the rest of a refused request is still to come is closed: ${body}`, (t) =>
    overloaded(t, { goal: 200 }, function* (scene) {
      const { runtime, latch, server } = scene;
      (runtime.loop.governor as ResourceGovernor).mayAnswer = () => true;
      const { begun } = yield* fill(scene, 1);
      const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
      let answer = '';
      socket.on('data', (piece: string) => (answer += piece));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(`POST /slow HTTP/1.1\r\nHost: x\r\n${body}\r\n\r\n`);
      yield* until(closed);
      t.regex(answer, /^HTTP\/1\.1 503 .*\r\nconnection: close\r\n/is);
      latch.set();
      t.is((yield* until(begun[0]!)).status, 200);
    }),
  );

test.serial('a request whose fiber is stopped for want of memory is answered 503', (t) =>
  overloaded(t, {}, function* ({ runtime, entry, client }) {
    const answer = client().get('/slow');
    yield* eventually(() => entry.live === 1);
    const fibers: Fiber[] = [];
    const walk = runtime.loop.population.walk();
    for (let fiber = walk.next(); fiber !== null; fiber = walk.next()) fibers.push(fiber);
    walk.end();
    const stopped = fibers.find(({ name }) => name === 'GET /slow')!;
    stopped.cancel('memory ran out', new OverloadError('memory ran out'));
    const { status, headers } = yield* until(answer);
    t.is(status, 503);
    t.is(headers['retry-after'], '1');
    yield* eventually(() => entry.live === 0);
  }),
);

test.serial('the governor is told of each connection, and of no request', (t) =>
  overloaded(t, {}, function* ({ entry, client }) {
    const { arrived } = entry;
    let connections = 0;
    entry.arrived = () => {
      connections++;
      arrived.call(entry);
    };
    for (const one of [client(), client()]) for (let i = 0; i < 2; i++) yield* until(one.get('/'));
    t.is(connections, 2);
  }),
);

test.serial('a client that goes away while its request waits has it withdrawn', (t) =>
  overloaded(t, { goal: 60_000 }, function* (scene) {
    const { entry, latch, client, server } = scene;
    const { begun, waiting } = yield* fill(scene, 1);
    const leaver = client();
    const lost = leaver.get('/slow');
    yield* eventually(() => entry.queue.size === 2);
    leaver.destroy();
    t.is((yield* until(lost)).status, 0);
    yield* eventually(() => entry.queue.size === 1);
    t.is(entry.kinds.get('GET /slow')!.withdrawn, 1);
    latch.set();
    for (const { status } of yield* until(Promise.all([...begun, waiting]))) t.is(status, 200);
    t.is(server.stats().cancelled, 0);
    t.is(entry.live, 0);
  }),
);

test.serial('a client that goes away while its request is worked on has it cancelled', (t) =>
  overloaded(t, {}, function* ({ entry, client, server }) {
    const leaver = client();
    const lost = leaver.get('/slow');
    yield* eventually(() => entry.live === 1);
    leaver.destroy();
    yield* until(lost);
    yield* eventually(() => entry.live === 0);
    t.is(server.stats().cancelled, 1);
  }),
);

test.serial('a connection for which there is no descriptor left is closed, and counted with its reason', (t) =>
  overloaded(t, {}, function* ({ runtime, entry, client }) {
    const { descriptors } = runtime.loop;
    const { others } = descriptors;
    descriptors.limit = 100;
    descriptors.others = 100;
    t.is((yield* until(client().get('/'))).status, 0);
    t.deepEqual([...entry.refusals], [['no descriptor for a connection', 1]]);
    descriptors.others = others;
    descriptors.limit = Infinity;
    t.is((yield* until(client().get('/'))).status, 200);
  }),
);

const shortages = [
  ['a connection that brings no request is closed once descriptors are few, and counted with its reason', 90],
  ['where silent connections hold all descriptors, a new one takes the place of the oldest', 99],
] as const;
for (const [title, used] of shortages)
  test.serial(title, (t) =>
    overloaded(t, { goal: 100 }, function* ({ runtime, server, entry, client }) {
      const { descriptors } = runtime.loop;
      const silent = connect(server.port, '127.0.0.1').on('error', () => {});
      const closed = new Promise((resolve) => silent.once('close', resolve));
      yield* eventually(() => descriptors.counted === 1);
      yield* sleep(50);
      const { limit, others } = descriptors;
      descriptors.limit = 100;
      descriptors.others = used;
      t.is((yield* until(client().get('/'))).status, 200);
      yield* until(closed);
      t.deepEqual([...entry.refusals], [['no request on a connection', 1]]);
      descriptors.limit = limit;
      descriptors.others = others;
    }),
  );

test.serial('a connection that was upgraded is not taken for one that brings no request', (t) =>
  overloaded(t, { goal: 100 }, function* ({ runtime, server, entry, client }) {
    const greeting = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n';
    let left = false;
    server.raw.on('upgrade', (_request, socket) => {
      socket.on('error', () => {}).on('close', () => (left = true));
      socket.on('end', () => socket.end());
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
      socket.write(greeting);
    });
    const guest = connect(server.port, '127.0.0.1').on('error', () => {});
    guest.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
    t.is(String((yield* until(once(guest, 'data')))[0]), greeting);
    yield* sleep(50);
    const { descriptors } = runtime.loop;
    const { limit, others } = descriptors;
    descriptors.limit = 100;
    descriptors.others = 90;
    t.is((yield* until(client().get('/'))).status, 200);
    guest.write('still here');
    t.is(String((yield* until(once(guest, 'data')))[0]), 'still here');
    t.is(entry.refusals.size, 0);
    descriptors.limit = limit;
    descriptors.others = others;
    guest.destroy();
    yield* eventually(() => left);
  }),
);

test('nobody listens for upgrades, which Node would leave to him, unless others do', (t) => {
  const server = createHttpServer();
  const told: string[] = [];
  const listen = (): void => void told.push('listener');
  server.on('connect', listen);
  onUpgrade(server, () => told.push('watch'));
  t.deepEqual([server.listenerCount('upgrade'), server.listenerCount('connect')], [0, 2]);
  server.emit('connect');
  server.off('connect', listen);
  server.once('upgrade', listen);
  server.on('upgrade', listen);
  t.deepEqual([server.listenerCount('upgrade'), server.listenerCount('connect')], [3, 0]);
  server.emit('upgrade');
  server.removeAllListeners('upgrade');
  t.is(server.listenerCount('upgrade'), 0);
  t.deepEqual(told, ['watch', 'listener', 'watch', 'listener', 'listener']);
});

test('of the connections that have brought no request the oldest is closed first', (t) => {
  let now = 0;
  const closed: number[] = [];
  const server = new EventEmitter();
  const descriptors = { used: 90, limit: 100, hasRoomForConnection: true, count() {} };
  const watch = new RequestWatch(
    server as Server,
    { descriptors, clock: { now: () => now } } as unknown as RunLoop,
    { arrived() {}, turnedAway() {} } as unknown as Entry,
    100,
  );
  const sockets = Array.from({ length: 8 }, (_, i) => {
    const socket = new EventEmitter();
    const destroy = (): void => {
      closed.push(i);
      socket.emit('close');
    };
    return Object.assign(socket, { destroy });
  });
  const arrives = (i: number): boolean => server.emit('connection', sockets[i]);
  for (; now < 5; now++) arrives(now);
  const requested = (i: number): boolean => watch.heard(sockets[i] as unknown as Socket);
  t.true(requested(2));
  t.false(requested(2));
  sockets[0]!.emit('close');
  sockets[4]!.emit('close');
  now = 1000;
  for (const i of [5, 6, 7]) arrives(i);
  t.deepEqual(closed, [1, 3]);
  t.is(watch.clients, 4);
  // Nobody asks on a connection that has left HTTP.
  server.on('upgrade', () => {});
  server.emit('upgrade', {}, sockets[7]);
  t.is(watch.clients, 3);
  sockets[7]!.emit('close');
  t.is(watch.clients, 3);
});

test.serial('over TLS, too, a connection that has brought a request stays when descriptors are few', (t) => {
  const [key, cert] = ['key', 'certificate'].map((name) => readFileSync(`test/fixtures/localhost-${name}.pem`));
  return overloaded(
    t,
    { goal: 100, host: 'localhost', tls: { key: key!, cert: cert! } },
    function* ({ runtime, server, entry }) {
      const agents: SecureAgent[] = [];
      const get = (agent: SecureAgent): Promise<number> =>
        new Promise((resolve) => {
          agents.push(agent);
          secureRequest({ host: 'localhost', port: server.port, ca: cert, agent }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode!));
          })
            .on('error', () => resolve(0))
            .end();
        });
      const keeps = (): SecureAgent => new SecureAgent({ keepAlive: true, maxSockets: 1 });
      const first = keeps();
      t.is(yield* until(get(first)), 200);
      yield* sleep(50);
      const { descriptors } = runtime.loop;
      const { limit, others } = descriptors;
      descriptors.limit = 100;
      descriptors.others = 90;
      t.is(yield* until(get(keeps())), 200);
      t.is(yield* until(get(first)), 200);
      t.deepEqual([...entry.refusals], []);
      descriptors.limit = limit;
      descriptors.others = others;
      for (const agent of agents) agent.destroy();
    },
  );
});

test.serial('in overload the kernel is told to keep fewer connections, and the server goes on accepting', (t) =>
  overloaded(t, {}, function* (scene) {
    const { latch, client, limit, server } = scene;
    const sizes: number[] = [];
    const { _handle: handle } = server.raw as unknown as { _handle: { listen(size: number): number } };
    const listenAgain = handle.listen.bind(handle);
    handle.listen = (size) => {
      sizes.push(size);
      return listenAgain(size);
    };
    const { begun, waiting } = yield* fill(scene, 2);
    yield* eventually(() => sizes.some((size) => size < 64));
    latch.set();
    yield* until(Promise.all([...begun, waiting]));
    limit(Infinity);
    t.is((yield* until(client().get('/'))).status, 200);
  }),
);

test.serial(
  'in front of a server with a goal the kernel keeps few connections, unless another number is asked for',
  async (t) => {
    const { listen: original } = PlainServer.prototype;
    const told: unknown[] = [];
    PlainServer.prototype.listen = function (this: PlainServer, ...given: [{ backlog?: number }]) {
      told.push(given[0].backlog);
      return original.apply(this, given);
    } as typeof original;
    t.teardown(() => (PlainServer.prototype.listen = original));
    for (const options of [{}, { goal: 500 }, { goal: 500, backlog: 200 }])
      await leavesNothing(t, () => listen({ host: '127.0.0.1', port: 0, ...options }));
    t.deepEqual(told, [undefined, 64, 200]);
  },
);

test.serial('a server that does not listen has no queue to be resized', async (t) => {
  const server = createServer();
  t.false(resizeBacklog(server, 16));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.true(resizeBacklog(server, 16));
  await once(server.close(), 'close');
});

test.serial('a stop during overload refuses what waits when its grace is over, and leaves nothing', async (t) => {
  let stopped: Runtime | null = null;
  await overloaded(t, { goal: 60_000 }, function* (scene) {
    const { runtime, entry, stop, server } = scene;
    stopped = runtime;
    const { begun, waiting } = yield* fill(scene, 2);
    stop();
    t.is((yield* until(waiting)).status, 503);
    // The others are cancelled when the grace is over.
    for (const { status } of yield* until(Promise.all(begun))) t.is(status, 0);
    yield* eventually(() => entry.live === 0 && server.stats().active === 0);
    t.is(entry.queue.size, 0);
    yield* eventually(() => runtime.loop.descriptors.counted === 0);
  });
  const { live, scopes, ready } = leftovers(stopped!);
  t.deepEqual({ live, scopes, ready }, { live: 0, scopes: 0, ready: 0 });
  t.is((stopped!.loop.governor as ResourceGovernor).entries.size, 0);
});

test.serial('what has a high priority is let in beside what waits', (t) =>
  overloaded(t, { goal: 60_000, priorityOf: ({ path }) => (path === '/health' ? 10 : 1) }, function* (scene) {
    const { entry, latch, client } = scene;
    const { begun, waiting } = yield* fill(scene, 1);
    t.is((yield* until(client().get('/health'))).status, 200);
    t.is(entry.queue.size, 1, 'the others still wait');
    latch.set();
    for (const { status } of yield* until(Promise.all([...begun, waiting]))) t.is(status, 200);
  }),
);

test.serial('whatever the goal, requests that come one at a time are served', (t) =>
  overloaded(t, { goal: 1 }, function* ({ client, entry }) {
    const one = client();
    for (let i = 0; i < 12; i++) t.is((yield* until(one.get('/sleep'))).status, 200);
    t.is(entry.refusals.size, 0);
  }),
);

test.serial('beyond a hundred kinds the rest is one kind', (t) =>
  overloaded(t, {}, function* ({ client, entry }) {
    const one = client();
    for (let i = 0; i < 1000; i++) t.is((yield* until(one.get(`/user/${i}`))).status, 200);
    t.true(entry.kinds.size <= 101, `${entry.kinds.size}`);
    t.is(entry.kinds.get('(others)')!.finished, 1000 - entry.kinds.size + 1);
    t.is(entry.live, 0);
  }),
);

test.serial('kindOf names the kinds', (t) =>
  overloaded(t, { kindOf: ({ path }) => path.split('/')[1]! }, function* ({ client, entry }) {
    const one = client();
    for (const path of ['/user/1', '/user/2', '/page/1']) yield* until(one.get(path));
    t.deepEqual(
      [...entry.kinds].map(([name, { finished }]) => [name, finished]),
      [
        ['user', 2],
        ['page', 1],
      ],
    );
  }),
);

test.serial('a kind that is no name is answered 500, and others are served', (t) =>
  overloaded(
    t,
    { kindOf: ({ path }) => (path === '/good' ? path : Symbol(path)) as string, onError: () => {} },
    function* ({ client, entry }) {
      const one = client();
      t.is((yield* until(one.get('/bad'))).status, 500);
      t.is((yield* until(one.get('/good'))).status, 200);
      t.deepEqual([...entry.kinds.keys()], ['/good']);
    },
  ),
);

test.serial('a kind that is a promise is answered 500, and its rejection ends nothing', (t) =>
  overloaded(
    t,
    { kindOf: (() => Promise.reject(new Error('unheard'))) as never, onError: () => {} },
    function* ({ client }) {
      t.is((yield* until(client().get('/bad'))).status, 500);
    },
  ),
);

for (const option of ['kindOf', 'priorityOf'] as const)
  test.serial(`a ${option} that throws is answered 500 and reported, and others are served`, async (t) => {
    const reported: unknown[] = [];
    const options = {
      [option]: ({ path }: { path: string }): never | string | number => {
        if (path === '/bad') throw new RangeError('mine');
        return option === 'kindOf' ? 'good' : 1;
      },
      onError: (error: unknown) => void reported.push(error),
    };
    await overloaded(t, options, function* ({ client, entry }) {
      const one = client();
      t.is((yield* until(one.get('/bad'))).status, 500);
      t.is((yield* until(one.get('/good'))).status, 200);
      t.is(entry.live, 0);
    });
    t.is(reported.length, 1);
    t.true(reported[0] instanceof RangeError);
  });

for (const [option, value] of [
  ['kindOf', undefined],
  ['kindOf', 7],
  ['priorityOf', NaN],
  ['priorityOf', 'high'],
  ['priorityOf', -1],
  ['priorityOf', 0],
  ['priorityOf', 1e12],
  ['priorityOf', Infinity],
] as const)
  test.serial(`a ${option} that returns ${String(value)} harms nobody`, (t) =>
    overloaded(t, { [option]: () => value }, function* ({ client, entry, runtime }) {
      const one = client();
      // Some ticks, so that tickets are set.
      for (let i = 0; i < 12; i++) {
        const { status } = yield* until(one.get('/sleep'));
        t.true(status === 200 || status === 500, `${status}`);
      }
      yield* sleep(120);
      t.is((runtime.loop.governor as ResourceGovernor).entries.size, 1);
      t.is(entry.live, 0);
    }),
  );

for (const goal of [0, -1, NaN, '500', Infinity] as number[])
  test.serial(`a goal of ${JSON.stringify(goal)} (${String(goal)}) is refused before anything listens`, (t) =>
    leavesNothing(t, function* () {
      const handler: Handler = function* () {
        return text('never');
      };
      for (const start of [() => listen({ goal }), () => serve(handler, { goal })]) {
        let thrown: unknown = null;
        try {
          yield* start();
        } catch (error) {
          thrown = error;
        }
        t.true(thrown instanceof ArgumentError, String(thrown));
        t.regex((thrown as Error).message, /^Expected `goal` to be a finite number of milliseconds above 0, got /);
      }
    }),
  );

test('serve refuses bad arguments at once', (t) => {
  const handler: Handler = function* () {
    return text('never');
  };
  for (const wrong of [() => serve(5 as never), () => serve(handler, { port: 0.5 }), () => serve(handler, 5 as never)])
    t.throws(wrong, { instanceOf: ArgumentError });
});

test.serial('serve with a goal is all that a server needs', (t) =>
  leavesNothing(t, function* () {
    const listening = event();
    let server: HttpServer | null = null;
    const serving = yield* spawn(() =>
      serve(
        function* hello() {
          return text('hello');
        },
        {
          goal: 500,
          host: '127.0.0.1',
          onListen(opened) {
            server = opened;
            listening.set();
          },
        },
      ),
    );
    yield* listening.wait();
    const client = new Client(server!);
    t.is((yield* until(client.get('/'))).status, 200);
    client.destroy();
    serving.cancel();
  }),
);
