import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import test from 'ava';
import { event, sleep, spawn, spawnDaemon, until, type Operation } from 'heddle';
import { tempDirectory } from 'heddle/fs';
import { listen, type Connection } from 'heddle/net';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { leavesNothing } from '../support/leaks.js';
import { eventually } from '../support/eventually.js';

test.serial('a connection that waits to be let in is withdrawn when its client has gone, and no other', (t) =>
  leavesNothing(t, function* (runtime): Operation<void> {
    const latch = event();
    const listener = yield* listen({ port: 0, host: '127.0.0.1', goal: 60_000 });
    const serving = yield* spawn(() =>
      listener.serve(
        function* handler(connection) {
          const request = yield* connection.readLine();
          yield* latch.wait();
          yield* connection.write(`${request} is answered`);
        },
        { onError: (error) => t.fail(String(error)) },
      ),
    );
    yield* eventually(() => runtime.loop.governor !== null);
    const [entry] = (runtime.loop.governor as ResourceGovernor).entries;
    // It would grow in time.
    Object.defineProperty(entry!.nets.all, 'limit', { get: () => 1, set() {} });
    const answers: string[] = [];
    const client = (): Socket =>
      connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true })
        .setEncoding('utf8')
        .on('data', (answer: string) => answers.push(answer))
        .on('end', function (this: Socket) {
          this.end();
        })
        .on('error', () => {});
    client().write('first\n');
    yield* eventually(() => entry!.live === 1);
    const [resets, ends, asks, stays] = [client(), client(), client(), client()];
    resets.write('a\n');
    yield* eventually(() => entry!.queue.size === 4);
    resets.resetAndDestroy();
    ends.end();
    asks.end('asks and ends\n');
    stays.write('stays\n');
    yield* eventually(() => entry!.queue.size === 2);
    t.is(entry!.kinds.get('handler')!.withdrawn, 2);
    latch.set();
    yield* eventually(() => answers.length === 3);
    t.deepEqual(answers.sort(), ['asks and ends is answered', 'first is answered', 'stays is answered']);
    yield* eventually(() => entry!.live === 0);
    serving.cancel();
  }),
);

test.serial('a connection that is not let in within a fifth of the goal is reset', (t) =>
  leavesNothing(t, function* (runtime): Operation<void> {
    const latch = event();
    const listener = yield* listen({ port: 0, host: '127.0.0.1', goal: 200 });
    const serving = yield* spawn(() =>
      listener.serve(function* handler() {
        yield* latch.wait();
      }),
    );
    yield* eventually(() => runtime.loop.governor !== null);
    const [entry] = (runtime.loop.governor as ResourceGovernor).entries;
    Object.defineProperty(entry!.nets.all, 'limit', { get: () => 1, set() {} });
    const client = (): Socket =>
      connect({ port: listener.port, host: '127.0.0.1' })
        .resume()
        .on('error', () => {});
    const first = client();
    yield* eventually(() => entry!.live === 1);
    const second = client();
    yield* eventually(() => second.destroyed);
    t.is(entry!.kinds.get('handler')!.refused, 1);
    t.false(first.destroyed);
    latch.set();
    yield* eventually(() => first.destroyed && entry!.live === 0);
    serving.cancel();
  }),
);

const shortages = [
  ['a handshake that does not end is abandoned once descriptors are few, and counted with its reason', 90, 'served'],
  [
    'where handshakes that do not end hold all descriptors, a new connection takes the place of the oldest',
    99,
    'served',
  ],
  ['a connection for which there is no descriptor left is closed, and counted with its reason', 100, 'closed'],
] as const;
for (const [title, used, outcome] of shortages)
  test.serial(title, (t) =>
    leavesNothing(t, function* (runtime): Operation<void> {
      const [cert, key] = ['certificate', 'key'].map((name) => readFileSync(`test/fixtures/localhost-${name}.pem`));
      const listener = yield* listen({ port: 0, host: '127.0.0.1', goal: 100, tls: { cert: cert!, key: key! } });
      const serving = yield* spawn(() => listener.serve((connection) => connection.write('served\n')));
      yield* eventually(() => runtime.loop.governor !== null);
      const [entry] = (runtime.loop.governor as ResourceGovernor).entries;
      const { descriptors } = runtime.loop;
      const lasting = connectTls({ port: listener.port, host: '127.0.0.1', ca: cert! }).on('error', () => {});
      yield* until(once(lasting, 'data'));
      let silent: Socket | null = null;
      if (outcome === 'served') {
        silent = connect(listener.port, '127.0.0.1').on('error', () => {});
        yield* eventually(() => listener.stats().handshaking === 1);
        yield* sleep(50);
      }
      const before = descriptors.counted;
      const { limit, others } = descriptors;
      descriptors.limit = 100;
      descriptors.others = used - before + 1;
      const next = connectTls({ port: listener.port, host: '127.0.0.1', ca: cert! }).on('error', () => {});
      let came = '';
      next.on('data', (chunk) => (came += String(chunk)));
      yield* eventually(() => next.closed || came !== '');
      t.is(came, outcome === 'served' ? 'served\n' : '');
      if (silent !== null) yield* eventually(() => silent.closed);
      const reason = silent === null ? 'no descriptor for a connection' : 'no handshake on a connection';
      t.deepEqual([...entry!.refusals], [[reason, 1]]);
      t.is(listener.stats().refused, silent === null ? 1 : 0);
      descriptors.limit = limit;
      descriptors.others = others;
      for (const socket of [lasting, next]) socket.destroy();
      serving.cancel();
      yield* eventually(() => descriptors.counted === 0);
    }),
  );

test.serial('entries of Unix sockets are told apart by their paths', (t) =>
  leavesNothing(t, function* (runtime) {
    const directory = yield* tempDirectory();
    const paths = ['one', 'two'].map((name) => join(directory, name));
    for (const path of paths) {
      const listener = yield* listen({ path, goal: 60_000 });
      yield* spawnDaemon(() => listener.serve((connection) => connection.close()));
    }
    const entries = (): string[] =>
      Array.from((runtime.loop.governor as ResourceGovernor | null)?.entries ?? [], ({ name }) => name);
    yield* eventually(() => entries().length === 2);
    t.deepEqual(
      entries(),
      paths.map((path) => `net ${path}`),
    );
  }),
);

test.serial('connections with a high priority are let in beside what waits', (t) =>
  leavesNothing(t, function* (runtime): Operation<void> {
    const latch = event();
    const served: string[] = [];
    const ports: number[] = [];
    for (const [name, priority] of [
      ['pages', 1],
      ['health', 10],
    ] as const) {
      const listener = yield* listen({ port: 0, host: '127.0.0.1', goal: 60_000, priority });
      ports.push(listener.port);
      const handler = function* (connection: Connection): Operation<void> {
        served.push(name);
        yield* latch.wait();
        yield* connection.close();
      };
      yield* spawnDaemon(() => listener.serve(Object.defineProperty(handler, 'name', { value: name })));
    }
    yield* eventually(() => (runtime.loop.governor as ResourceGovernor | null)?.entries.size === 2);
    const { entries } = runtime.loop.governor as ResourceGovernor;
    for (const { nets } of entries) Object.defineProperty(nets.all, 'limit', { get: () => 1, set() {} });
    const [pages, health] = entries;
    const client = (port: number): Socket => connect({ port, host: '127.0.0.1' }).on('error', () => {});
    client(ports[0]!);
    client(ports[0]!);
    yield* eventually(() => pages!.queue.size === 1);
    client(ports[1]!);
    client(ports[1]!);
    yield* eventually(() => served.length === 3);
    t.deepEqual(served, ['pages', 'health', 'health']);
    t.is(health!.kinds.get('health')!.priority, 10);
    latch.set();
    yield* eventually(() => served.length === 4 && pages!.live + health!.live === 0);
  }),
);
