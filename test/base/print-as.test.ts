import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import test from 'ava';
import { Runtime, channel, event, mutex, resource, scope, semaphore, sleep, spawn, type Operation } from 'heddle';
import { open } from 'heddle/fs';
import { fetch, listen as listenHttp, text, type ServerRequest } from 'heddle/http';
import { connect, listen } from 'heddle/net';
import { start } from 'heddle/process';
import { byteReader, reader, writer } from 'heddle/streams';
import { connectionPair } from 'heddle/testing';
import { bind } from 'heddle/udp';
import { leavesNothing } from '../support/leaks.js';
import { simulateClean } from '../support/no-leak.js';

test('what fibers and what they share print themselves as a name and some facts', (t) =>
  simulateClean(function* () {
    const lock = mutex({ name: 'ledger' });
    yield* scope(function* (own) {
      const child = yield* spawn(function* worker() {
        yield* lock.withLock(sleep(10));
      });
      yield* sleep(1);
      t.is(inspect(child), `Fiber { id: ${child.id}, name: 'worker', status: 'waiting' }`);
      t.is(inspect(own), 'Scope { deadline: Infinity, isCancelled: false, fibers: 1 }');
      t.is(
        inspect(lock),
        `Mutex {\n  name: 'ledger',\n  holder: Fiber { id: ${child.id}, name: 'worker', status: 'waiting' },\n  waiting: 0\n}`,
      );
      t.is(inspect([[[child]]], { depth: 2 }), '[ [ [ [Fiber] ] ] ]');
    });
    t.is(inspect(lock), "Mutex { name: 'ledger', holder: null, waiting: 0 }");
    t.is(inspect(semaphore(2)), 'Semaphore { name: null, capacity: 2, available: 2, waiting: 0 }');
    t.is(inspect(resource('db', { capacity: 2 })), "Resource { name: 'db', capacity: 2, available: 2, waiting: 0 }");
    t.is(inspect(event({ name: 'end' })), "Event { name: 'end', isSet: false, waiting: 0 }");
    t.regex(inspect(channel(3)), /^Channel \{\s+name: null,\s+capacity: 3,\s+buffered: 0,/);
    t.is(inspect(sleep(3)), "Operation { label: 'sleep' }");
    const permit = yield* lock.lock();
    t.regex(inspect(permit), /^Permit \{\s+count: 1,\s+holder: Fiber \{ .* \}\s+\}$/);
    permit.release();
    t.is(inspect(new Runtime()), 'Runtime { fibers: 0 }');
    t.regex(inspect((yield* connectionPair())[0]), /^Connection \{\s+bytesRead: 0,/);
  }));

test.serial('what the system has opened prints itself as a name and some facts', async (t) => {
  await leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0 });
    t.regex(inspect(listener), new RegExp(`^Listener \\{\\s+address: '.*',\\s+port: ${listener.port},`));
    const connection = yield* connect({ port: listener.port });
    t.regex(
      inspect(connection),
      new RegExp(`^Connection \\{\\s+remoteAddress: '.*',\\s+remotePort: ${listener.port},`),
    );
    yield* connection.close();
    const server = yield* listenHttp({ port: 0 });
    t.is(
      inspect(server),
      `HttpServer {\n  url: '${server.url}',\n  active: 0,\n  served: 0,\n  failed: 0,\n  cancelled: 0\n}`,
    );
    const serving = yield* spawn(() =>
      // oxlint-disable-next-line require-yield
      server.serve(function* (request: ServerRequest): Operation<ReturnType<typeof text>> {
        return text(inspect(request));
      }),
    );
    const response = yield* fetch(`${server.url}/a?b`);
    t.is(inspect(response), `ClientResponse { status: 200, url: '${server.url}/a?b' }`);
    t.is(yield* response.text(), "ServerRequest { method: 'GET', url: '/a?b' }");
    serving.cancel();
    const child = yield* start(process.execPath, ['--version'], { stdout: 'ignore' });
    t.regex(inspect(child), new RegExp(`^ChildProcess \\{\\s+pid: ${child.pid},\\s+command: '.*',\\s+exit: `));
    yield* child.wait();
    const file = yield* open('package.json');
    t.is(inspect(file), "File { path: 'package.json', isClosed: false }");
    t.regex(inspect(yield* bind({ port: 0 })), /^UdpSocket \{\s+address: '.*',/);
    const stream = new PassThrough();
    t.is(inspect(reader(stream)), 'Reader {}');
    t.is(inspect(byteReader(new PassThrough())), 'BytesReader {}');
    t.is(inspect(writer(stream)), 'Writer {}');
  });
});
