import test, { type ExecutionContext } from 'ava';
import {
  ClosedError,
  IoError,
  moveOnAfter,
  now,
  run,
  scope,
  ScopeClosedError,
  sleep,
  spawn,
  spawnDaemon,
  withTimeout,
  type Operation,
  type Scope,
} from 'heddle';
import { connect, listen, type Connection } from 'heddle/net';
import { connectionPair, simulate, simulateMany } from 'heddle/testing';
import { simulateClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

function* echo(connection: Connection): Operation<void> {
  for (;;) {
    const chunk = yield* connection.read();
    if (chunk === null) return yield* connection.end();
    yield* connection.write(chunk);
  }
}

test('what goes in at one end comes out at the other, whatever the pieces and the schedule', async (t) => {
  await simulateMany(function* (world) {
    const [client, server] = yield* connectionPair({ delay: 5, piece: 7 });
    yield* spawn(echo, server);
    const sent = Array.from({ length: 50 }, () => String.fromCharCode(97 + world.random.below(26))).join('');
    yield* client.write(sent.slice(0, 20));
    yield* client.write(sent.slice(20));
    t.is((yield* client.readExactly(50)).toString(), sent);
    yield* client.end();
    t.is(yield* client.read(), null);
  });
});

test('bytes take their delay, in virtual time', async (t) => {
  await simulate(function* () {
    const [client, server] = yield* connectionPair({ delay: 20 });
    yield* spawnDaemon(echo, server);
    yield* client.write('x');
    yield* client.read();
    t.is(now(), 40);
  });
});

test('bytes that are sent one after another are under way at once, and so is the end', async (t) => {
  await simulate(function* () {
    const [client, server] = yield* connectionPair({ delay: 20 });
    yield* spawn(function* () {
      for (const at of [0, 0, 5]) {
        yield* sleep(at);
        yield* client.write('x');
      }
      yield* client.end();
    });
    const arrivals: number[] = [];
    for (let chunk = yield* server.read(); chunk !== null; chunk = yield* server.read()) arrivals.push(now());
    t.deepEqual([...new Set(arrivals)], [20, 25]);
    t.is(now(), 25);
  });
});

test('a reset reaches both ends, once so many bytes have passed', async (t) => {
  await simulateMany(function* () {
    const [client, server] = yield* connectionPair({ resetAfter: 10, piece: 4 });
    yield* client.write('0123456789abc');
    t.is((yield* server.readExactly(10)).toString(), '0123456789');
    for (const end of [client, server]) {
      try {
        yield* end.read();
        t.fail();
      } catch (error) {
        t.true(error instanceof IoError && error.system === 'ECONNRESET');
      }
    }
  });
});

test('a peer that does not read makes the writer wait', async (t) => {
  await simulate(function* () {
    const [client] = yield* connectionPair();
    let written = 0;
    try {
      yield* withTimeout(
        1000,
        (function* (): Operation<void> {
          for (;;) {
            yield* client.write(Buffer.alloc(10_000));
            written += 10_000;
          }
        })(),
      );
    } catch {
      t.true(written >= 60_000 && written <= 80_000, `${written} bytes`);
    }
    t.is(client.stats().waitingToWrite, 0);
  });
});

test('a broken connection is closed, and closing it does nothing more', async (t) => {
  await simulate(function* () {
    const [a, b] = yield* connectionPair();
    a.destroy();
    t.true(b.isClosed);
    yield* b.close();
    t.is(((yield* thrownBy(b.read())) as IoError).system, 'ECONNRESET');
  });
});

test('a close that is cancelled while its end waits for room closes the connection all the same', async (t) => {
  await simulate(function* () {
    const [a, b] = yield* connectionPair();
    while (a.stats().unsent < 65_536) yield* a.write(Buffer.alloc(10_000));
    yield* moveOnAfter(10, a.close());
    t.true(a.isClosed);
    t.is(((yield* thrownBy(b.readExactly(100_000))) as IoError).system, 'ECONNRESET');
  });
});

test('a closed end ends the other, and destroying one breaks the other', async (t) => {
  await simulate(function* () {
    const [a, b] = yield* connectionPair();
    yield* a.write('last words');
    yield* a.close();
    yield* a.close();
    t.is((yield* b.read())?.toString(), 'last words');
    t.is(yield* b.read(), null);
    const [c, d] = yield* connectionPair();
    c.destroy();
    try {
      yield* d.read();
      t.fail();
    } catch (error) {
      t.is((error as IoError).system, 'ECONNRESET');
    }
  });
});

/** Both sides of a connection over the loopback. */
function* realPair(): Operation<[Connection, Connection]> {
  const listener = yield* listen({ port: 0, host: '127.0.0.1' });
  return [yield* connect({ port: listener.port, host: '127.0.0.1' }), yield* listener.accept()];
}

/** A claim about connections in memory that a real one bears out. */
function bothWays(
  title: string,
  body: (t: ExecutionContext, open: () => Operation<[Connection, Connection]>) => Operation<void>,
): void {
  test(`${title}, in memory`, (t) => simulateClean(() => body(t, connectionPair)));
  test(`${title}, over a socket`, (t) => run(() => body(t, realPair)));
}

bothWays('a connection ends with the handler that has adopted it, after what it wrote', function* (t, open) {
  const [client, server] = yield* open();
  // What `serve` does for each connection.
  yield* spawn(() =>
    scope(function* handler() {
      server.adopt();
      yield* server.write(`${yield* server.readLine()}!`);
    }),
  );
  yield* client.write('x\n');
  t.is(String(yield* client.readExactly(2)), 'x!');
  t.is(yield* client.read(), null);
  t.true(server.isClosed);
});

bothWays('who has read the end cannot write any more, and both sides are closed then', function* (t, open) {
  const [client, server] = yield* open();
  yield* client.end();
  t.is(yield* server.read(), null);
  t.is(((yield* thrownBy(server.write('late'))) as IoError).system, 'EPIPE');
  t.is(yield* client.read(), null);
  while (!client.isClosed || !server.isClosed) yield* sleep(1);
});

bothWays('a connection belongs to the scope in which it was opened, or to one that is given', function* (t, open) {
  const ends: Connection[] = [];
  let gone: Scope | undefined;
  yield* scope(function* (pool) {
    yield* scope(function* (request) {
      gone = request;
      ends.push(...(yield* open()));
      ends[0]!.adopt(pool);
      yield* ends[1]!.write('kept');
    });
    t.true(ends[1]!.isClosed);
    t.false(ends[0]!.isClosed);
    t.is(String(yield* ends[0]!.readExactly(4)), 'kept');
    t.is(yield* ends[0]!.read(), null);
  });
  t.true(ends[0]!.isClosed);
  t.true((yield* thrownBy(ends[0]!.read())) instanceof ClosedError);
  const [client, server] = yield* open();
  t.throws(() => client.adopt(gone), { instanceOf: ScopeClosedError });
  t.true(client.isClosed);
  t.is(((yield* thrownBy(server.read())) as IoError).system, 'ECONNRESET');
});
