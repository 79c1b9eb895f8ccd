import test from 'ava';
import { bind } from 'heddle/udp';
import { ArgumentError, ClosedError, IoError } from '#src/base/errors.js';
import { select } from '#src/fibers/select.js';
import { sleep } from '#src/fibers/sleep.js';
import { spawn } from '#src/fibers/spawn.js';
import { scope } from '#src/fibers/with-scope.js';
import { withTimeout } from '#src/fibers/with-timeout.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import { thrownBy } from '../support/thrown-by.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';

const host = '127.0.0.1';

test.serial('a datagram arrives whole, with the address and port of its sender', (t) =>
  leavesNothing(t, function* () {
    const server = yield* bind({ port: 0, host });
    const client = yield* bind({ port: 0, host });
    yield* client.send('ping', server.port);
    const { data, address, port } = yield* server.receive();
    t.deepEqual([String(data), address, port], ['ping', host, client.port]);
    yield* server.send(Buffer.from('pong'), port, address);
    t.is(String((yield* client.receive()).data), 'pong');
    t.like(server.stats(), { received: 1, sent: 1, queued: 0, dropped: 0, isClosed: false });
  }),
);

test.serial('a name is looked up before it is sent to', (t) =>
  leavesNothing(t, function* () {
    const server = yield* bind({ port: 0, host });
    yield* server.send('to myself', server.port, 'localhost');
    t.is(String((yield* server.receive()).data), 'to myself');
    const error = (yield* thrownBy(server.send('x', 1, 'no-such-host.invalid'))) as IoError;
    t.is(error.operation, 'dns.lookup');
  }),
);

test.serial('beyond the queue the newest datagrams are dropped and counted', (t) =>
  leavesNothing(t, function* () {
    const server = yield* bind({ port: 0, host, queue: 3 });
    for (let i = 0; i < 5; i++) yield* server.send(`${i}`, server.port);
    yield* eventually(() => server.stats().dropped === 2);
    const received: string[] = [];
    for (let i = 0; i < 3; i++) received.push(String((yield* server.receive()).data));
    t.deepEqual(received, ['0', '1', '2']);
    t.like(server.stats(), { received: 3, queued: 0, dropped: 2 });
  }),
);

test.serial('a cancelled receive takes nothing, and waiting fibers are served in order', (t) =>
  leavesNothing(t, function* () {
    const server = yield* bind({ port: 0, host });
    const cancelled = yield* spawn(() => server.receive());
    yield* eventually(() => server.stats().waitingToReceive === 1);
    cancelled.cancel();
    t.is((yield* select({ datagram: server.receive(), late: sleep(1) })).branch, 'late');
    t.is(server.stats().waitingToReceive, 0);
    yield* server.send('first', server.port);
    t.is(String((yield* server.receive()).data), 'first');
  }),
);

test.serial('use after close is ClosedError, and closing twice is nothing', (t) =>
  leavesNothing(t, function* () {
    const socket = yield* bind({ port: 0, host });
    const waiting = yield* spawn(() => thrownBy(socket.receive()));
    yield* eventually(() => socket.stats().waitingToReceive === 1);
    socket.close();
    socket.close();
    t.true(socket.isClosed);
    t.true((yield* waiting.join()) instanceof ClosedError);
    t.true((yield* thrownBy(socket.receive())) instanceof ClosedError);
    t.true((yield* thrownBy(socket.send('x', 9))) instanceof ClosedError);
  }),
);

test.serial('a socket outlives a deadline that it was opened under', (t) =>
  leavesNothing(t, function* () {
    const socket = yield* withTimeout(10_000, bind({ port: 0, host }));
    t.false(socket.isClosed);
  }),
);

test.serial('a socket is closed when its scope ends, and one that could not be bound is not left open', (t) =>
  leavesNothing(t, function* () {
    const socket = yield* scope(function* () {
      return yield* bind({ port: 0, host, type: 'udp4' });
    });
    t.true(socket.isClosed);
    const taken = yield* bind({ port: 0, host });
    t.is(((yield* thrownBy(bind({ port: taken.port, host }))) as IoError).system, 'EADDRINUSE');
    const fiber = yield* spawn(() => bind({ port: 0, host: 'localhost' }));
    yield* yieldNow();
    fiber.cancel();
  }),
);

test.serial('a datagram that is too large is an IoError', (t) =>
  leavesNothing(t, function* () {
    const socket = yield* bind({ port: 0, host });
    const error = (yield* thrownBy(socket.send(Buffer.alloc(70_000), 9))) as IoError;
    t.deepEqual([error.operation, error.system], ['udp.send', 'EMSGSIZE']);
  }),
);

test('bad arguments are refused at once', (t) => {
  for (const wrong of [
    () => bind({ port: -1 }),
    () => bind({ port: 0, queue: 0 }),
    () => bind({ port: 0, type: 'tcp' as never }),
  ])
    t.throws(wrong, { instanceOf: ArgumentError });
});

test.serial('a socket that is closed while it sends fails the sending', (t) =>
  leavesNothing(t, function* () {
    const socket = yield* bind({ port: 0, host });
    const sending = yield* spawn(() => thrownBy(socket.send('x', 9)));
    yield* spawn(function* () {
      socket.close();
    });
    t.true((yield* sending.join()) instanceof ClosedError);
  }),
);
