import { spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { all, ArgumentError, spawn, spawnDaemon, until, type IoError, type Operation } from 'heddle';
import { tempDirectory } from 'heddle/fs';
import { fetch, listen as listenHttp, text, type ServerRequest } from 'heddle/http';
import { connect, listen, type ListenOptions } from 'heddle/net';
import { execute } from 'heddle/process';
import { readAll } from 'heddle/streams';
import { leavesNothing } from '../support/leaks.js';
import { thrownBy } from '../support/thrown-by.js';

const host = '127.0.0.1';

function* hello({ path, remoteAddress }: ServerRequest): Operation<ReturnType<typeof text>> {
  return text(`${path} ${remoteAddress ?? 'nowhere'}`);
}

/** All that a server answers at a Unix socket. */
function* asked(path: string, ...requests: string[]): Operation<string> {
  const client = yield* connect({ path });
  yield* client.write(requests.map((request) => `GET ${request} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  let answers = '';
  while (!requests.every((request) => answers.includes(`${request} nowhere`))) answers += String(yield* client.read());
  yield* client.close();
  return answers;
}

for (const options of [{}, { goal: 60_000 }])
  test.serial(`a server of HTTP listens at a Unix socket ${'goal' in options ? 'with' : 'without'} a goal`, (t) =>
    leavesNothing(t, function* (runtime) {
      const path = join(yield* tempDirectory(), 'socket');
      const server = yield* listenHttp({ path, ...options });
      t.deepEqual([server.port, server.url], [0, `http://unix:${path}`]);
      const serving = yield* spawn(() => server.serve(hello));
      t.is((yield* asked(path, '/one', '/two')).match(/200 OK/g)?.length, 2);
      const gone = yield* connect({ path });
      yield* gone.write('GET /gone HTTP/1.1\r\n');
      gone.destroy();
      const { scheduling } = yield* until(runtime.snapshot());
      t.is(scheduling?.entries[0]?.name, 'goal' in options ? `http ${path}` : undefined);
      serving.cancel();
      yield* thrownBy(serving.join());
      t.false(existsSync(path));
    }),
  );

test.serial('servers listen at sockets that they have inherited, as from systemd', (t) =>
  leavesNothing(t, function* () {
    const path = join(yield* tempDirectory(), 'socket');
    const script = `
      import { main, spawnDaemon } from 'heddle';
      import { listen as listenHttp, text } from 'heddle/http';
      import { listen } from 'heddle/net';
      await main(function* () {
        const server = yield* listenHttp({ fd: 3, goal: 60_000 });
        const listener = yield* listen({ fd: 4 });
        yield* spawnDaemon(() => server.serve(function* () {
          return text(server.url + ' ' + listener.port + ' ' + listener.address);
        }));
        const connection = yield* listener.accept();
        yield* connection.write((yield* connection.readLine()).toUpperCase());
        yield* connection.close();
      }, { inspect: false });
    `;
    const [port, unix] = [yield* listening({ port: 0, host }), yield* listening({ path: `${path}-of-parent` })];
    const url = `http://${host}:${(port.address() as AddressInfo).port}`;
    const child = spawnProcess(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'pipe', fdOf(port), fdOf(unix)],
    });
    // The parent must not accept what comes for the child, nor remove the path.
    renameSync(`${path}-of-parent`, path);
    for (const server of [port, unix]) yield* until(new Promise((resolve) => server.close(resolve)));
    const [errors, ended] = [yield* spawn(() => readAll(child.stderr!)), once(child, 'exit')];
    t.is(yield* (yield* fetch(url)).text(), `${url} 0 fd 4`);
    const client = yield* connect({ path });
    yield* client.write('shout\n');
    t.is(String(yield* client.readExactly(5)), 'SHOUT');
    yield* client.close();
    t.deepEqual(yield* until(ended), [0, null], String(yield* errors.join()));
    t.true(existsSync(path), 'whoever has handed it down may do so again');
  }),
);

function* listening(place: ListenOptions): Operation<Server> {
  const server = createServer().listen(place);
  yield* until(once(server, 'listening'));
  return server;
}

function fdOf(server: Server): number {
  return (server as unknown as { _handle: { fd: number } })._handle.fd;
}

test.serial('a descriptor that is no socket is left alone', (t) =>
  leavesNothing(t, function* () {
    const file = openSync('package.json', 'r');
    for (const fd of [file, 12_345])
      for (const operation of [listen({ fd }), listenHttp({ fd })]) {
        const error = (yield* thrownBy(operation)) as IoError;
        t.is(error.system, 'ENOTSOCK');
        t.regex(error.message, new RegExp(`^(net|http)\\.listen: ENOTSOCK descriptor ${fd} is no socket`));
      }
    closeSync(file);
    // Among these are pipes with which Node tells itself of signals.
    const script = `
      import { run } from 'heddle';
      import { listen } from 'heddle/http';
      for (let fd = 3; fd < 20; fd++) await run(() => listen({ fd })).catch(({ name }) => console.log(name));
      const timer = setInterval(() => {}, 1000);
      process.once('SIGUSR2', () => {
        clearInterval(timer);
        console.log('alive');
      });
      process.kill(process.pid, 'SIGUSR2');
    `;
    const { stdout, stderr } = yield* execute(process.execPath, ['--input-type=module', '-e', script]);
    t.is(stdout, `${'IoError\n'.repeat(17)}alive\n`, stderr);
  }),
);

const reuses = Number.parseInt(process.versions.node) >= 22 && process.platform === 'linux';
(reuses ? test.serial : test.skip)('servers share a port if all of them ask for it', (t) =>
  leavesNothing(t, function* () {
    const first = yield* listenHttp({ port: 0, host, goal: 60_000, reusePort: true });
    const second = yield* listenHttp({ port: first.port, host, goal: 60_000, reusePort: true });
    const third = yield* listen({ port: first.port, host, reusePort: true });
    t.deepEqual([second.port, third.port], [first.port, first.port]);
    third.close();
    t.is(((yield* thrownBy(listen({ port: first.port, host }))) as IoError).system, 'EADDRINUSE');
    for (const server of [first, second]) yield* spawnDaemon(() => server.serve(hello));
    // The kernel chooses by the client's port.
    const asks = Array.from({ length: 40 }, () => fetch(first.url));
    for (const response of yield* all(asks)) yield* response.text();
    const [one, other] = [first.stats().served, second.stats().served];
    t.true(one > 0 && other > 0 && one + other === 40, `${one} and ${other}`);
  }),
);

test('a port cannot be shared where there is none, or by a Node that would ignore it', (t) => {
  const wrong = { instanceOf: ArgumentError, message: '`reusePort` is for a `port`: leave it out' };
  t.throws(() => listen({ path: '/tmp/socket', reusePort: true }), wrong);
  t.throws(() => listenHttp({ fd: 3, reusePort: true }), wrong);
  const { node } = process.versions;
  Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
  t.throws(() => listenHttp({ port: 1, reusePort: true }), { message: /needs Node 22\.12/ });
  Object.defineProperty(process.versions, 'node', { value: node });
});

test('one place is named, or none of them is listened at', (t) => {
  const path = '/tmp/socket';
  for (const wrong of [
    () => listen({ port: 1, path }),
    () => listen({ path, fd: 3 }),
    () => listenHttp({ port: 1, path }),
    () => connect({ port: 1, path }),
  ])
    t.throws(wrong, { instanceOf: ArgumentError, message: /are different places: leave out all but one$/ });
  for (const wrong of [
    () => listenHttp({ path: '' }),
    () => listenHttp({ path: 'x'.repeat(300) }),
    () => listenHttp({ fd: -1 }),
    () => listen({ fd: 0.5 }),
    () => connect({ fd: 3 } as never),
  ])
    t.throws(wrong, { instanceOf: ArgumentError });
});
