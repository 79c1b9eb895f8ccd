import { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { connect as connectPlain, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import timers from 'node:timers';
import test from 'ava';
import { connect, listen, type Connection, type Listener } from 'heddle/net';
import {
  ArgumentError,
  ClosedError,
  EndOfStreamError,
  FiberCancelledError,
  IoError,
  ScopeClosedError,
  TimeoutError,
} from '#src/base/errors.js';
import type { Operation } from '#src/fibers/operation.js';
import { all } from '#src/fibers/all.js';
import { select } from '#src/fibers/select.js';
import { sleep } from '#src/fibers/sleep.js';
import { spawn, spawnDaemon } from '#src/fibers/spawn.js';
import { suspend } from '#src/fibers/suspend.js';
import { event } from '#src/fibers/sync/event.js';
import { moveOnAfter, withTimeout } from '#src/fibers/with-timeout.js';
import { scope } from '#src/fibers/with-scope.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import { thrownBy } from '../support/thrown-by.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing, openSockets } from '../support/leaks.js';

const host = '127.0.0.1';

/** A connection, from both sides. */
function* pair(options: { halfOpen?: boolean } = {}): Operation<{ client: Connection; server: Connection }> {
  const listener = yield* listen({ port: 0, host, ...options });
  const client = yield* connect({ port: listener.port, host, ...options });
  const server = yield* listener.accept();
  listener.close();
  return { client, server };
}

function* echo(connection: Connection): Operation<void> {
  for (;;) {
    const chunk = yield* connection.read();
    if (chunk === null) return;
    yield* connection.write(chunk);
  }
}

function* forever(listener: Listener): Operation<never> {
  for (;;) yield* spawn(echo, yield* listener.accept());
}

test.serial('an echo server in a loop serves many clients, and keeps nothing of those that have gone', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const serving = yield* spawn(forever, listener);
    const idle = openSockets();
    yield* all(
      Array.from({ length: 50 }, (_, i) =>
        (function* (): Operation<void> {
          const connection = yield* connect({ port: listener.port, host });
          for (let round = 0; round < 20; round++) {
            yield* connection.write(`client ${i} round ${round}\n`);
            t.is(yield* connection.readLine(), `client ${i} round ${round}`);
          }
          yield* connection.end();
          t.is(yield* connection.read(), null);
        })(),
      ),
    );
    // Their fibers did not close them: both sides had ended.
    yield* eventually(() => openSockets() === idle);
    t.is(listener.stats().accepted, 50);
    serving.cancel();
  }),
);

test.serial('what came together with the end is answered before this side ends', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const serving = yield* spawn(forever, listener);
    const answer = yield* suspend<string>((resume) => {
      const socket = connectPlain({ port: listener.port, host, allowHalfOpen: true });
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => resume(text));
      socket.end('all at once');
    });
    t.is(answer, 'all at once');
    serving.cancel();
  }),
);

test.serial('a large amount passes a slow reader without being buffered', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    const chunk = Buffer.alloc(64 * 1024, 'z');
    const writing = yield* spawn(function* () {
      for (let i = 0; i < 512; i++) yield* client.write(chunk);
      yield* client.end();
    });
    // Until the system takes no more of it.
    for (let before = -1; client.bytesWritten > before || client.stats().waitingToWrite === 0; yield* sleep(50))
      before = client.bytesWritten;
    t.is(writing.status, 'waiting');
    t.true(client.stats().unsent <= 2 * chunk.length);
    t.is(server.bytesRead, 0);
    let received = 0;
    for (let part = yield* server.read(); part !== null; part = yield* server.read()) {
      received += part.length;
      t.true(server.stats().unread <= 2 * 64 * 1024);
    }
    t.is(received, 512 * chunk.length);
    t.is(client.bytesWritten, received);
  }),
);

test.serial('a write that is cancelled while the other side does not read was not written', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    let written = 0;
    for (;;) {
      const done = yield* moveOnAfter(
        50,
        (function* () {
          yield* client.write(Buffer.alloc(100_000, written % 251));
          return true;
        })(),
      );
      if (done === undefined) break;
      written++;
    }
    const ending = yield* spawn(() => client.end());
    let received = 0;
    for (let part = yield* server.read(); part !== null; part = yield* server.read()) received += part.length;
    yield* ending.join();
    t.is(received, written * 100_000);
  }),
);

test.serial('a client that resets midway is an IoError with ECONNRESET, and reading what came is still possible', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    yield* client.write('half a message');
    t.is(String(yield* server.read(4)), 'half');
    client.destroy();
    t.is(String(yield* server.read()), ' a message');
    const error = (yield* thrownBy(server.readLine())) as IoError;
    t.true(error instanceof IoError);
    t.deepEqual([error.operation, error.system, error.code], ['net.read', 'ECONNRESET', 'ERR_HEDDLE_IO']);
    t.is(((yield* thrownBy(server.write('x'))) as IoError).operation, 'net.write');
    t.true(server.isClosed);
  }),
);

test.serial('use after close is ClosedError, and closing twice is nothing', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    const reading = yield* spawn(() => thrownBy(client.read()));
    yield* yieldNow();
    yield* client.close();
    yield* client.close();
    client.destroy();
    t.true(client.isClosed);
    t.true((yield* reading.join()) instanceof ClosedError);
    for (const use of [client.read(), client.readLine(), client.write('x'), client.end()])
      t.true((yield* thrownBy(use)) instanceof ClosedError);
    t.is(yield* server.read(), null);
  }),
);

test.serial('close lets what was written leave first', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    yield* client.write(Buffer.alloc(8_000_000, 'q'));
    const closing = yield* spawn(() => client.close());
    let received = 0;
    for (let part = yield* server.read(); part !== null; part = yield* server.read()) received += part.length;
    t.is(received, 8_000_000);
    yield* closing.join();
  }),
);

/** Counts what `client` gets until it is closed. */
function* received(client: Socket): Operation<{ bytes: number; how: string }> {
  let bytes = 0;
  let how = '';
  client
    .on('data', (chunk) => (bytes += chunk.length))
    .on('end', () => (how += 'end '))
    .on('error', (error) => (how += `${error} `));
  yield* suspend<void>((resume) => void client.resume().once('close', () => resume(undefined)));
  return { bytes, how: how.trim() };
}

for (const [how, close] of [
  ['close', (server: Connection) => server.close()],
  ['the end of its scope', noOperation],
] as const)
  test.serial(`what was written before ${how} arrives, though the other side still sends`, (t) =>
    leavesNothing(t, function* () {
      const listener = yield* listen({ port: 0, host });
      for (const [sent, behind] of [
        [400_000, 0],
        [10, 400_000],
      ] as const) {
        const client = connectPlain(listener.port, host).pause();
        client.write(Buffer.alloc(sent));
        yield* scope(function* () {
          const server = yield* listener.accept();
          yield* server.readExactly(10);
          yield* server.write(Buffer.alloc(1_000_000));
          // It has read all that has come, and more comes.
          client.write(Buffer.alloc(behind));
          yield* close(server);
        });
        t.deepEqual(yield* received(client), { bytes: 1_000_000, how: 'end' });
      }
    }),
  );

// oxlint-disable-next-line require-yield
function* noOperation(_server: Connection): Operation<void> {}

test.serial(
  'what has left of a closed connection is no more waited for, and its descriptor is kept for a while only',
  async (t) => {
    const timers = catchTimers(5000);
    try {
      await leavesNothing(t, function* () {
        const listener = yield* listen({ port: 0, host });
        for (const letGo of [false, true]) {
          // It never ends, and does not read before the other side has closed its descriptor.
          const client = connectPlain({ port: listener.port, host, allowHalfOpen: true }).pause();
          const server = yield* scope(function* () {
            const accepted = yield* listener.accept();
            yield* accepted.write(Buffer.alloc(300_000));
            if (!letGo) yield* accepted.close();
            return accepted;
          });
          yield* eventually(() => timers.length === 1 && server.stats().unsent === 0);
          t.false((server as unknown as { gone: boolean }).gone);
          timers.pop()!();
          yield* eventually(() => (server as unknown as { gone: boolean }).gone);
          let bytes = 0;
          yield* suspend<void>((resume) => {
            client.on('data', (chunk) => (bytes += chunk.length)).on('error', () => {});
            for (const end of ['end', 'close']) client.once(end, () => resume());
            client.resume();
          });
          t.is(bytes, 300_000);
          client.destroy();
        }
        const { client, server } = yield* pair();
        yield* client.end();
        t.is(yield* server.read(), null);
        yield* server.close();
        t.is(timers.length, 0, 'where the other side has ended nothing is waited for');
        client.destroy();
      });
    } finally {
      timers.restore();
    }
  },
);

/** What is to run after `ms` does not run, but can be run by hand. */
function catchTimers(ms: number): (() => void)[] & { restore: () => void } {
  const { setTimeout } = timers;
  const caught: (() => void)[] = [];
  timers.setTimeout = ((act: () => void, after: number, ...rest: []) => {
    if (after === ms) caught.push(act);
    return setTimeout(after === ms ? () => {} : act, after, ...rest);
  }) as typeof setTimeout;
  syncBuiltinESMExports();
  return Object.assign(caught, {
    restore() {
      timers.setTimeout = setTimeout;
      syncBuiltinESMExports();
    },
  });
}

test.serial('a connection can be destroyed while its end is on the way', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    yield* client.end();
    client.destroy();
    client.destroy();
    t.is(yield* server.read(), null);
  }),
);

test.serial('a cancelled close drops what has not left, and the rest never arrives', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    yield* client.write(Buffer.alloc(64_000_000, 'q'));
    t.true((yield* thrownBy(withTimeout(50, client.close()))) instanceof TimeoutError);
    // Which of the two it is decides the kernel: it may forget a reset that comes while nobody reads.
    const error = yield* thrownBy(server.readExactly(64_000_000));
    t.true(error instanceof IoError || error instanceof EndOfStreamError);
  }),
);

test.serial('a close in a fiber that is cancelled already closes all the same', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    const fiber = yield* spawn(function* () {
      try {
        yield* suspend();
      } finally {
        yield* client.close();
      }
    });
    yield* eventually(() => fiber.status === 'waiting');
    fiber.cancel();
    t.true((yield* thrownBy(fiber.join())) instanceof FiberCancelledError);
    t.true(client.isClosed);
    yield* thrownBy(server.readExactly(1));
  }),
);

test.serial('without halfOpen this side ends when it has read the end; with it it may go on', (t) =>
  leavesNothing(t, function* () {
    const ordinary = yield* pair();
    yield* ordinary.client.end();
    t.is(yield* ordinary.server.read(), null);
    t.is(((yield* thrownBy(ordinary.server.write('late'))) as IoError).system, 'EPIPE');
    t.is(yield* ordinary.client.read(), null);
    t.is(yield* ordinary.server.read(), null);

    const half = yield* pair({ halfOpen: true });
    yield* half.client.write('question');
    yield* half.client.end();
    t.is(String(yield* half.server.readExactly(8)), 'question');
    t.is(yield* half.server.read(), null);
    yield* half.server.write('answer');
    yield* half.server.end();
    t.is(yield* half.client.readLine(), 'answer');
    t.is(yield* half.client.readLine(), null);
  }),
);

test.serial('a connection is closed when its scope ends, and adopt moves it to another', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const outside = yield* connect({ port: listener.port, host });
    const inside = yield* scope(function* () {
      return yield* connect({ port: listener.port, host });
    });
    t.true(inside.isClosed);
    t.regex(
      String(yield* thrownBy(inside.read())),
      /^ClosedError: net\.read: .*or the scope that it belonged to has ended \(`connection\.adopt\(scope\)` moves/,
    );
    t.false(outside.isClosed);
    yield* scope(function* () {
      outside.adopt();
    });
    t.true(outside.isClosed);
  }),
);

test.serial(
  'what is opened belongs to the scope in which it was asked for, and outlives a deadline or an `all` around it',
  (t) =>
    leavesNothing(t, function* () {
      const listener = yield* withTimeout(10_000, listen({ port: 0, host }));
      const place = { port: listener.port, host };
      const [client, server] = yield* withTimeout(10_000, all([connect(place), listener.accept()]));
      yield* client.write('well\n');
      t.is(yield* server.readLine(), 'well');
      const late: Operation<unknown>[] = [];
      yield* scope(function* () {
        late.push(listener.accept(), listen({ port: 0, host }), connect(place));
      });
      const waiting = yield* spawn(() => thrownBy(late[0]!));
      yield* yieldNow();
      // Its connection is reset, perhaps before it is there.
      connectPlain(place).on('error', () => {});
      for (const error of [yield* waiting.join(), yield* thrownBy(late[1]!), yield* thrownBy(late[2]!)])
        t.true(error instanceof ScopeClosedError, String(error));
    }),
);

test.serial('a scope that ends does not wait for a client that does not read', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const client = yield* connect({ port: listener.port, host });
    const server = yield* scope(function* () {
      const accepted = yield* listener.accept();
      yield* accepted.write(Buffer.alloc(64_000_000));
      return accepted;
    });
    t.true(server.isClosed);
    t.false((server as unknown as { gone: boolean }).gone, 'its descriptor is still open');
    client.destroy();
  }),
);

test.serial('a cancelled connect leaves nothing behind', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    for (const place of [
      { port: listener.port, host },
      { port: listener.port, host: 'localhost' },
    ]) {
      const fiber = yield* spawn(() => connect(place));
      yield* yieldNow();
      fiber.cancel();
      // Under load it may have connected before it was cancelled.
      yield* eventually(() => ['cancelled', 'succeeded'].includes(fiber.status));
      const chosen = yield* select({ connected: connect(place), now: sleep(0) });
      t.true(['connected', 'now'].includes(chosen.branch));
    }
  }),
);

test.serial('a connection that nobody accepts is told by its error', (t) =>
  leavesNothing(t, function* () {
    const error = (yield* thrownBy(connect({ port: 1, host }))) as IoError;
    t.deepEqual([error.operation, error.system], ['net.connect', 'ECONNREFUSED']);
    t.regex(error.message, /^net\.connect: connect ECONNREFUSED 127\.0\.0\.1:1$/);
    const missing = (yield* thrownBy(connect({ path: '/nowhere/socket' }))) as IoError;
    t.is(missing.system, 'ENOENT');
  }),
);

test.serial('a cancelled accept takes no connection', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const waiting = yield* spawn(() => listener.accept());
    yield* yieldNow();
    waiting.cancel();
    const client = yield* connect({ port: listener.port, host });
    yield* client.write('still there');
    yield* client.end();
    t.is(yield* (yield* listener.accept()).readLine(), 'still there');
  }),
);

test.serial('a connection for a scope that has ended is reset, and does not count as accepted', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const late = yield* scope(function* () {
      return { accept: listener.accept() };
    });
    const client = yield* connect({ port: listener.port, host });
    yield* eventually(() => listener.stats().queued === 1);
    t.true((yield* thrownBy(late.accept)) instanceof ScopeClosedError);
    t.true((yield* thrownBy(client.read())) instanceof IoError);
    t.like(listener.stats(), { accepted: 0, queued: 0 });
  }),
);

test.serial('beyond the queue the newest connection is reset and counted', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, queue: 2 });
    const clients: Connection[] = [];
    for (let i = 0; i < 2; i++) clients.push(yield* connect({ port: listener.port, host }));
    yield* eventually(() => listener.stats().queued === 2);
    for (let i = 0; i < 3; i++) {
      // The reset may come before the connecting is over.
      const error = yield* thrownBy(
        (function* () {
          yield* (yield* connect({ port: listener.port, host })).read();
        })(),
      );
      t.is((error as IoError).system, 'ECONNRESET');
    }
    t.like(listener.stats(), { queued: 2, refused: 3 });
    yield* clients[1]!.write('second\n');
    yield* clients[0]!.write('first\n');
    t.is(yield* (yield* listener.accept()).readLine(), 'first');
    t.is(yield* (yield* listener.accept()).readLine(), 'second');
  }),
);

test.serial('options that Node refuses are an error of who connects or listens', (t) =>
  leavesNothing(t, function* () {
    const tls = { minVersion: 'nonsense' as never };
    for (const operation of [connect({ port: 1, host, tls }), listen({ port: 0, host: 'a\0b' })])
      t.true((yield* thrownBy(operation)) instanceof IoError);
  }),
);

test.serial('closing a listener fails those who accept, closes those who wait and leaves accepted ones alone', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const accepted = yield* connect({ port: listener.port, host });
    const serving = yield* listener.accept();
    const queued = yield* connect({ port: listener.port, host });
    yield* eventually(() => listener.stats().queued === 1);
    listener.close();
    listener.close();
    t.true(listener.stats().isClosed);
    t.true((yield* thrownBy(listener.accept())) instanceof ClosedError);
    t.is(((yield* thrownBy(queued.read())) as IoError).system, 'ECONNRESET');
    yield* accepted.write('hello\n');
    t.is(yield* serving.readLine(), 'hello');
    const again = yield* listen({ port: 0, host });
    const waiting = yield* spawn(() => thrownBy(again.accept()));
    yield* yieldNow();
    again.close();
    t.true((yield* waiting.join()) instanceof ClosedError);
  }),
);

test.serial('a port that is taken is EADDRINUSE, and nothing stays open', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const error = (yield* thrownBy(listen({ port: listener.port, host }))) as IoError;
    t.deepEqual([error.operation, error.system], ['net.listen', 'EADDRINUSE']);
    const fiber = yield* spawn(() => listen({ port: 0, host: 'localhost' }));
    yield* yieldNow();
    fiber.cancel();
  }),
);

test.serial('serve runs each handler in a scope of its own, and one that fails ends its own connection only', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const errors: unknown[] = [];
    const serving = yield* spawn(() =>
      listener.serve(
        function* (connection) {
          const line = yield* connection.readLine();
          if (line === 'fail') throw new Error('as it was told');
          yield* spawn(function* () {
            yield* connection.write(`${line} indeed\n`);
          });
        },
        { onError: (error) => errors.push(error) },
      ),
    );
    const one = yield* connect({ port: listener.port, host });
    const other = yield* connect({ port: listener.port, host });
    yield* one.write('fail\n');
    t.is(yield* one.read(), null);
    yield* other.write('well\n');
    t.is(yield* other.readLine(), 'well indeed');
    t.is(yield* other.read(), null);
    t.deepEqual(errors.map(String), ['Error: as it was told']);
    const cut = yield* connect({ port: listener.port, host });
    yield* eventually(() => listener.stats().accepted === 3);
    serving.cancel();
    listener.close();
    yield* cut.close();
  }),
);

test.serial('what a daemon serves ends with it, though clients are still connected', (t) =>
  leavesNothing(t, function* () {
    for (const options of [
      { port: 0, host },
      { port: 0, host, goal: 60_000 },
    ]) {
      const whole = yield* spawn(() =>
        scope(function* () {
          const listener = yield* listen(options);
          yield* spawnDaemon(() => listener.serve(echo));
          const client = yield* connect({ port: listener.port, host });
          yield* client.write('still here\n');
          return yield* client.readLine();
        }),
      );
      yield* eventually(() => whole.status === 'succeeded');
      t.is(yield* whole.join(), 'still here');
    }
  }),
);

test.serial('what a daemon serves in a scope that it has opened itself is waited for', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const client = yield* connect({ port: listener.port, host });
    const answered = event();
    const serving = yield* spawnDaemon(() =>
      scope(function* () {
        const handler = function* (connection: Connection): Operation<void> {
          yield* spawn(() => answered.wait());
          listener.close();
          yield* sleep(10);
          yield* connection.write('late\n');
          answered.set();
        };
        t.true((yield* thrownBy(listener.serve(handler))) instanceof ClosedError);
      }),
    );
    yield* serving.join();
    t.is(yield* client.readLine(), 'late');
  }),
);

test.serial('a handler that is cancelled with its scope has not failed', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const client = yield* connect({ port: listener.port, host });
    const errors: unknown[] = [];
    let begun = false;
    yield* scope(function* (work) {
      const handler = function* (): Operation<void> {
        begun = true;
        yield* suspend();
      };
      yield* spawn(() => listener.serve(handler, { onError: (error) => errors.push(error) }));
      yield* eventually(() => begun);
      work.cancel();
    });
    t.deepEqual(errors, []);
    yield* client.close();
  }),
);

test.serial('a fault of a handler is printed with its stack, what its client brought about in one line', async (t) => {
  const printed: string[] = [];
  const write = process.stderr.write;
  process.stderr.write = (text) => printed.push(String(text)) > 0;
  try {
    await leavesNothing(t, function* () {
      const listener = yield* listen({ port: 0, host });
      const serving = yield* spawn(() =>
        listener.serve(function* fails(connection) {
          const line = yield* connection.readLine({ limit: 8 });
          throw new TypeError(line!);
        }),
      );
      for (const sent of ['bug\n', 'longer than eight\n']) {
        const client = yield* connect({ port: listener.port, host });
        yield* client.write(sent);
        t.is(yield* client.read(), null);
        yield* client.close();
      }
      serving.cancel();
    });
  } finally {
    process.stderr.write = write;
  }
  t.is(printed.length, 2);
  t.regex(printed[0]!, /handler failed: TypeError: bug\n {4}at fails \(.*net\.test/);
  t.regex(printed[1]!, /handler failed: TooLargeError: [^\n]*\n$/);
});

test.serial(
  'a client that resets is not printed, however many fibers of its handler notice, nor do they hide a fault',
  async (t) => {
    const printed: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = (text) => printed.push(String(text)) > 0;
    try {
      await leavesNothing(t, function* () {
        const listener = yield* listen({ port: 0, host });
        let [isFaulty, ended] = [false, 0];
        let served: Connection;
        const serving = yield* spawn(() =>
          listener.serve(function* chats(connection) {
            served = connection;
            yield* spawn(function* () {
              for (;;) yield* connection.write(Buffer.alloc(100_000));
            });
            try {
              yield* connection.read();
            } catch (error) {
              throw isFaulty ? new TypeError('bug') : error;
            } finally {
              ended++;
            }
          }),
        );
        for (isFaulty of [false, true]) {
          const before = ended;
          const client = connectPlain(listener.port, host).pause();
          yield* eventually(() => served?.stats().waitingToRead === 1 && served.stats().waitingToWrite === 1);
          client.resetAndDestroy();
          yield* eventually(() => ended > before && served.isClosed);
        }
        serving.cancel();
      });
    } finally {
      process.stderr.write = write;
    }
    t.is(printed.length, 1, printed.join(''));
    t.regex(printed[0]!, /AggregateError: 2 failures in one scope[^]*TypeError: bug/);
  },
);

test.serial('what `onError` throws, or a promise of it is rejected with, ends `serve`', (t) =>
  leavesNothing(t, function* () {
    const lost = new Error('the log is full');
    const thrower = (): never => {
      throw lost;
    };
    for (const onError of [thrower, async () => thrower()]) {
      const listener = yield* listen({ port: 0, host });
      const client = yield* connect({ port: listener.port, host });
      const serving = scope(() => listener.serve(thrower, { onError }));
      t.is(yield* thrownBy(withTimeout(10_000, serving)), lost);
      yield* client.close();
    }
  }),
);

test.serial('a Unix socket does what TCP does', (t) =>
  leavesNothing(t, function* () {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-net-'));
    try {
      const path = join(directory, 'socket');
      const listener = yield* listen({ path });
      t.deepEqual([listener.address, listener.port], [path, 0]);
      const client = yield* connect({ path });
      const server = yield* listener.accept();
      yield* client.write('over the file\n');
      t.is(yield* server.readLine(), 'over the file');
      server.destroy();
      t.is(yield* client.read(), null);
      const leaving = yield* connect({ path });
      const left = yield* listener.accept();
      yield* leaving.write('last;words');
      t.is(String(yield* left.readUntil(';')), 'last;');
      leaving.destroy();
      t.is(String(yield* left.readExactly(5)), 'words');
      t.is(yield* left.read(), null);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }),
);

test.serial('addresses, ports and counts are those of the socket', (t) =>
  leavesNothing(t, function* () {
    const { client, server } = yield* pair();
    t.deepEqual([client.remoteAddress, client.remotePort], [host, server.localPort]);
    t.deepEqual([server.remoteAddress, server.remotePort], [host, client.localPort]);
    client.setNoDelay(false);
    yield* client.write('12345');
    yield* server.readExactly(5);
    t.deepEqual([client.bytesWritten, server.bytesRead, client.tls], [5, 5, null]);
    t.true(Object.isFrozen(client.stats()));
  }),
);

test.serial('a server that hangs up while this side writes breaks the writing', (t) =>
  leavesNothing(t, function* () {
    let peer: Socket | undefined;
    const plain = createServer((socket) => void (peer = socket.on('error', () => {})));
    yield* suspend<void>((resume) => void plain.listen(0, host, () => resume(undefined)));
    const connection = yield* connect({ port: (plain.address() as AddressInfo).port, host });
    yield* eventually(() => peer !== undefined);
    peer!.destroy();
    const error = yield* thrownBy(
      (function* () {
        for (;;) yield* connection.write(Buffer.alloc(100_000));
      })(),
    );
    t.true(error instanceof IoError);
    t.is((error as IoError).operation, 'net.write');
    plain.close();
  }),
);

test('a listener that could not accept a connection goes on', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const { server } = listener as unknown as { readonly server: Server };
    for (const code of ['EMFILE', 'ENETUNREACH'])
      server.emit('error', Object.assign(new Error(`accept ${code}`), { code }));
    t.is(listener.stats().refused, 2);
    const client = yield* connect({ port: listener.port, host });
    (yield* listener.accept()).destroy();
    client.destroy();
    server.emit('error', Object.assign(new Error('accept EBADF'), { code: 'EBADF' }));
    t.true((yield* thrownBy(listener.accept())) instanceof IoError);
  }));

test('bad arguments are refused at once', (t) => {
  for (const wrong of [
    () => connect({}),
    connect as () => unknown,
    listen as () => unknown,
    () => connect({ port: 0 }),
    () => connect({ port: 65_536 }),
    () => connect({ path: '' }),
    () => listen({}),
    () => listen({ port: -1 }),
    () => listen({ port: 0, queue: 0 }),
    () => listen({ port: 0, backlog: 0 }),
    () => listen({ port: 0, tls: true as never }),
    () => connect({ port: 1, tls: false as never }),
  ])
    t.throws(wrong, { instanceOf: ArgumentError });
});
