import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectPlain, createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type Server, type TLSSocket } from 'node:tls';
import test from 'ava';
import { fetch, listen as listenHttp, text } from 'heddle/http';
import { connect, listen, type Connection, type HandshakeClient } from 'heddle/net';
import { IoError } from '#src/base/errors.js';
import type { Operation } from '#src/fibers/operation.js';
import { spawn } from '#src/fibers/spawn.js';
import { until } from '#src/fibers/until.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';
import { thrownBy } from '../support/thrown-by.js';

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const cert = fixture('localhost-certificate.pem');
const key = fixture('localhost-key.pem');
const host = '127.0.0.1';

test.serial('over TLS both sides read, write and end as over TCP', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key, ALPNProtocols: ['echo'] } });
    const client = yield* connect({ port: listener.port, host, tls: { ca: cert, ALPNProtocols: ['echo'] } });
    const server = yield* listener.accept();
    t.like(client.tls, { authorized: true, authorizationError: undefined, alpnProtocol: 'echo' });
    t.regex(server.tls!.protocol!, /^TLSv1\.[23]$/);
    yield* client.write('secret\n');
    t.is(yield* server.readLine(), 'secret');
    yield* server.write(Buffer.alloc(300_000, 's'));
    t.is((yield* client.readExactly(300_000)).length, 300_000);
    yield* client.end();
    t.is(yield* server.read(), null);
    t.is(yield* client.read(), null);
  }),
);

test.serial('what was written before `close` arrives over TLS, though the other side still sends', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key } });
    const client = connectTls({ port: listener.port, host, ca: cert, servername: 'localhost' }).pause();
    client.write(Buffer.alloc(400_000));
    const server = yield* listener.accept();
    yield* server.readExactly(10);
    yield* server.write(Buffer.alloc(1_000_000));
    let received = 0;
    const closed = once(client, 'close');
    client.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
    yield* server.close();
    yield* until(closed);
    t.is(received, 1_000_000);
  }),
);

test.serial('a certificate that is not trusted fails the connecting', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key } });
    try {
      yield* connect({ port: listener.port, host, tls: true });
      t.fail('it connected');
    } catch (error) {
      t.is((error as IoError).system, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    }
  }),
);

test.serial('handshakes under way are counted, and closed with the listener; failed ones disturb nobody', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key } });
    const garbage = connectPlain({ port: listener.port, host }).on('error', () => {});
    garbage.write('GET / HTTP/1.0\r\n\r\n');
    yield* eventually(() => listener.stats().failedHandshakes === 1);
    const silent = connectPlain({ port: listener.port, host }).on('error', () => {});
    yield* eventually(() => listener.stats().handshaking === 1);
    const client = yield* connect({ port: listener.port, host, tls: { ca: cert } });
    yield* (yield* listener.accept()).write('served\n');
    t.is(yield* client.readLine(), 'served');
    t.is(listener.stats().handshaking, 1);
    listener.close();
    yield* eventually(() => silent.closed && garbage.closed);
  }),
);

test.serial('a cancelled handshake leaves nothing behind', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host });
    const fiber = yield* spawn(() => connect({ port: listener.port, host, tls: { ca: cert } }));
    const server = yield* listener.accept();
    yield* server.read();
    fiber.cancel();
    yield* yieldNow();
    yield* eventually(() => fiber.status === 'cancelled');
    t.is(fiber.status, 'cancelled');
  }),
);

test.serial('who connects and says nothing is hung up on when the time for the handshake is over', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key, handshakeTimeout: 20 } });
    const silent = connectPlain({ port: listener.port, host }).resume();
    yield* until(once(silent, 'close'));
    yield* eventually(() => listener.stats().handshaking === 0);
    t.is(listener.stats().failedHandshakes, 1);
  }),
);

test.serial('a program is told why a handshake failed and who began it, and what it then throws ends nothing', (t) =>
  leavesNothing(t, function* () {
    const told: (readonly [IoError, HandshakeClient])[] = [];
    const printed: unknown[][] = [];
    const { error: print } = console;
    console.error = (...words: unknown[]) => void printed.push(words);
    t.teardown(() => (console.error = print));
    const answers = [() => {}, () => fail('thrown'), async () => fail('rejected')];
    const onHandshakeError = (error: IoError, client: HandshakeClient): unknown => {
      told.push([error, client]);
      return answers[told.length - 1]!();
    };
    const tls = { cert, key, handshakeTimeout: 50 };
    const listener = yield* listen({ port: 0, host, tls, onHandshakeError });
    const begin = (): Socket => connectPlain({ port: listener.port, host }).on('error', () => {});
    const ports: number[] = [];
    for (const act of [
      (socket: Socket) => socket.write('GET / HTTP/1.0\r\n\r\n'),
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.resume(),
    ]) {
      const socket = begin();
      yield* until(once(socket, 'connect'));
      ports.push(socket.localPort!);
      act(socket);
      yield* eventually(() => told.length === ports.length);
    }
    t.deepEqual(
      told.map(([{ system }]) => system),
      ['ERR_SSL_HTTP_REQUEST', 'ECONNRESET', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
    );
    t.deepEqual(
      told.map(([, client]) => client),
      ports.map((remotePort) => ({ remoteAddress: host, remotePort })),
    );
    t.true(told[0]![0].message.startsWith('net.handshake: '));
    t.is(listener.stats().failedHandshakes, 3);
    yield* eventually(() => printed.length === 2);
    t.regex(String(printed), /onHandshakeError.*thrown.*onHandshakeError.*rejected/s);
    const client = yield* connect({ port: listener.port, host, tls: { ca: cert } });
    t.false((yield* listener.accept()).isClosed);
    client.destroy();
  }),
);

function fail(how: string): never {
  throw new Error(how);
}

// Over plain TCP nothing is read before, and so nothing is noticed.
test.serial('a connection that broke while it waited to be accepted is passed over', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key } });
    const { queue } = listener as unknown as { readonly queue: Iterable<Connection> };
    const below = connectPlain({ port: listener.port, host });
    connectTls({ socket: below, ca: cert, servername: 'localhost' }).on('error', () => {});
    yield* eventually(() => listener.stats().queued === 1);
    below.resetAndDestroy();
    yield* eventually(() => [...queue][0]!.isClosed);
    const client = yield* connect({ port: listener.port, host, tls: { ca: cert } });
    yield* client.write('here\n');
    t.is(yield* (yield* listener.accept()).readLine(), 'here');
    t.is(listener.stats().accepted, 1);
  }),
);

test.serial('handshakes over a Unix socket, where nobody has an address, are told apart', (t) =>
  leavesNothing(t, function* () {
    const path = join(tmpdir(), `heddle-tls-${process.pid}.sock`);
    const listener = yield* listen({ path, tls: { cert, key } });
    const silent = Array.from({ length: 3 }, () => connectPlain(path).on('error', () => {}));
    yield* eventually(() => listener.stats().handshaking === 3);
    const client = yield* connect({ path, tls: { ca: cert, servername: 'localhost' } });
    const server = yield* listener.accept();
    t.is(listener.stats().handshaking, 3);
    listener.close();
    yield* eventually(() => silent.every(({ closed }) => closed));
    yield* server.write('still there\n');
    t.is(yield* client.readLine(), 'still there');
  }),
);

test.serial('a connection that breaks by an alert or by garbage is closed, and `close` does not wait for it', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key, requestCert: true, rejectUnauthorized: true } });
    const refused = yield* connect({ port: listener.port, host, tls: { ca: cert } });
    const error = yield* thrownBy(refused.read());
    t.true(error instanceof IoError);
    t.true(refused.isClosed);
    yield* refused.close();
    t.like(yield* thrownBy(refused.read()), { system: (error as IoError).system });
  }),
);

test.serial('who ends the connection within the handshake is forgotten at once', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key, handshakeTimeout: 120_000 } });
    connectPlain({ port: listener.port, host }).resume().end();
    yield* eventually(() => listener.stats().failedHandshakes === 1);
    t.is(listener.stats().handshaking, 0);
  }),
);

test.serial('over TLS a client with `halfOpen` that has ended still gets its answer', (t) =>
  leavesNothing(t, function* () {
    const listener = yield* listen({ port: 0, host, tls: { cert, key }, halfOpen: true });
    const client = yield* connect({ port: listener.port, host, tls: { ca: cert }, halfOpen: true });
    const server = yield* listener.accept();
    yield* client.write('question');
    yield* client.end();
    t.is(String(yield* server.readExactly(8)), 'question');
    t.is(yield* server.read(), null);
    yield* server.write('answer\n');
    yield* server.end();
    t.is(yield* client.readLine(), 'answer');
  }),
);

test.serial('a server with several certificates is told the name, but no address', (t) =>
  leavesNothing(t, function* () {
    const names: (string | false | null)[] = [];
    const listener = yield* listen({ port: 0, host, tls: { cert, key } });
    const server = (listener as unknown as { readonly server: Server }).server;
    server.on('secureConnection', ({ servername }: TLSSocket) => void names.push(servername));
    for (const options of [{ host: 'localhost' }, { host }, { host, servername: 'chosen' }]) {
      const { servername, ...place } = { servername: undefined, ...options };
      const tls = { ca: cert, checkServerIdentity: () => undefined, ...(servername && { servername }) };
      yield* connect({ port: listener.port, ...place, tls });
      yield* listener.accept();
    }
    t.deepEqual(names, ['localhost', false, 'chosen']);
  }),
);

test.serial('an error of TLS says what to do, and not where in OpenSSL it was found', (t) =>
  leavesNothing(t, function* () {
    const told = function* (attempt: Operation<unknown>): Operation<string> {
      const error = (yield* thrownBy(attempt)) as IoError;
      t.true(error instanceof IoError, String(error));
      t.notRegex(error.message, /error:[0-9A-F]+:|openssl/);
      return error.message;
    };
    const { port } = yield* listen({ port: 0, host, tls: { cert, key, maxVersion: 'TLSv1.2' } });
    const plain = createPlainServer((socket) => socket.on('error', () => {}).once('data', () => socket.end('what?')));
    yield* until(once(plain.listen(0, host), 'listening'));
    const plainPort = (plain.address() as AddressInfo).port;
    t.regex(yield* told(connect({ port, host, tls: true })), /SELF_SIGNED.* give it as `ca` of `tls`/);
    t.regex(
      yield* told(connect({ port, host, tls: { ca: cert, servername: 'other' } })),
      /ALTNAME_INVALID .*give one as `servername`/,
    );
    t.regex(
      yield* told(connect({ port, host, tls: { ca: cert, minVersion: 'TLSv1.3' } })),
      /PROTOCOL_VERSION .*see `minVersion`/,
    );
    t.regex(yield* told(connect({ port: plainPort, host, tls: true })), /wrong version number \(.* does not speak TLS/);
    t.regex(yield* told(fetch(`https://${host}:${plainPort}/`)), /wrong version number \(.* does not speak TLS/);
    t.regex(yield* told(listen({ port: 0, tls: { cert: 'cert.pem', key: 'key.pem' } })), /contents of PEM files/);
    const web = yield* listenHttp({ port: 0, host, tls: { cert, key } });
    // `fetch` has no option `tls`.
    t.regex(
      yield* told(fetch(`https://${host}:${web.port}/`)),
      /SELF_SIGNED.* NODE_EXTRA_CA_CERTS.* of a `dispatcher`/,
    );
    const serving = yield* spawn(() =>
      web.serve(function* () {
        return text('');
      }),
    );
    t.regex(yield* told(fetch(`http://${host}:${web.port}/`)), /does the URL begin with `https:`\?/);
    serving.cancel();
    plain.close();
  }),
);
