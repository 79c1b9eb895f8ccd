import test from 'ava';
import { lookup, lookupAll, resolve, reverse } from 'heddle/dns';
import { bind, type UdpSocket } from 'heddle/udp';
import { ArgumentError, HeddleError, IoError } from '#src/base/errors.js';
import { currentFiber } from '#src/fibers/current.js';
import type { Operation } from '#src/fibers/operation.js';
import { spawnDaemon, spawn } from '#src/fibers/spawn.js';
import { thrownBy } from '../support/thrown-by.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';

const host = '127.0.0.1';

/** A name server that knows one A record, one PTR record and nothing else; it leaves `silent.test` unanswered. */
function* nameServer(socket: UdpSocket, asked: string[]): Operation<never> {
  for (;;) {
    const { data, address, port } = yield* socket.receive();
    let end = 12;
    const labels: string[] = [];
    for (; data[end] !== 0; end += data[end]! + 1) labels.push(data.toString('ascii', end + 1, end + 1 + data[end]!));
    const name = labels.join('.').toLowerCase();
    asked.push(name);
    if (name === 'silent.test') continue;
    const question = data.subarray(12, end + 5);
    const record =
      name === 'known.test'
        ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 7])
        : name === '7.2.0.192.in-addr.arpa'
          ? Buffer.from('\xc0\x0c\0\x0c\0\x01\0\0\0\x09\0\x0c\x05known\x04test\0', 'latin1')
          : null;
    const head = Buffer.from([
      data[0]!,
      data[1]!,
      0x81,
      record === null ? 0x83 : 0x80,
      0,
      1,
      0,
      record === null ? 0 : 1,
      0,
      0,
      0,
      0,
    ]);
    yield* socket.send(Buffer.concat([head, question, record ?? Buffer.alloc(0)]), port, address);
  }
}

function* serving(): Operation<{ servers: string[]; asked: string[] }> {
  const socket = yield* bind({ port: 0, host });
  const asked: string[] = [];
  yield* spawnDaemon(nameServer, socket, asked);
  return { servers: [`${host}:${socket.port}`], asked };
}

test.serial('lookup knows this machine, and gives an IoError for a name that does not exist', (t) =>
  leavesNothing(t, function* () {
    t.deepEqual(yield* lookup('localhost', { family: 4 }), { address: host, family: 4 });
    t.deepEqual(yield* lookupAll(host), [{ address: host, family: 4 }]);
    const error = (yield* thrownBy(lookup('no-such-host.invalid'))) as IoError;
    t.true(error instanceof IoError);
    t.is(error.operation, 'dns.lookup');
  }),
);

test.serial('a name that cannot be one is refused, and occupies no thread', (t) =>
  leavesNothing(t, function* () {
    const { threadPool } = currentFiber('test').loop;
    // Newer versions of Node throw, older ones ask.
    t.true((yield* thrownBy(lookup('a\0b'))) instanceof HeddleError);
    t.is(threadPool.pending, 0);
  }),
);

test.serial('resolve and reverse ask the name servers they are given', (t) =>
  leavesNothing(t, function* () {
    const { servers } = yield* serving();
    t.deepEqual(yield* resolve('known.test', 'A', { servers }), ['192.0.2.7']);
    t.deepEqual(yield* reverse('192.0.2.7', { servers }), ['known.test']);
    const error = (yield* thrownBy(resolve('unknown.test', 'A', { servers }))) as IoError;
    t.deepEqual([error.operation, error.system], ['dns.resolve', 'ENOTFOUND']);
  }),
);

test.serial('a cancelled resolve stops asking, and a cancelled lookup is forgotten', (t) =>
  leavesNothing(t, function* () {
    const { servers, asked } = yield* serving();
    const resolving = yield* spawn(() => resolve('silent.test', 'A', { servers }));
    yield* eventually(() => asked.includes('silent.test'));
    resolving.cancel();
    yield* eventually(() => resolving.status === 'cancelled');
    const looking = yield* spawn(() => lookup('localhost'));
    looking.cancel();
    yield* eventually(() => looking.status === 'cancelled');
    t.deepEqual(asked, ['silent.test']);
  }),
);

test('bad arguments are refused at once', (t) => {
  for (const wrong of [
    () => lookupAll(''),
    () => lookupAll('localhost', { family: 5 as never }),
    () => resolve('x', 'Q' as never),
    () => reverse(1 as never),
  ])
    t.throws(wrong, { instanceOf: ArgumentError });
});
