import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import test from 'ava';
import { connect, listen } from 'heddle/net';
import { IoError } from '#src/base/errors.js';
import { spawn } from '#src/fibers/spawn.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import { eventually, leakFree } from './leak-free.js';

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const cert = fixture('localhost-certificate.pem');
const key = fixture('localhost-key.pem');
const host = '127.0.0.1';

test.serial('over TLS both sides read, write and end as over TCP', (t) =>
  leakFree(t, function* () {
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

test.serial('a certificate that is not trusted fails the connecting', (t) =>
  leakFree(t, function* () {
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
  leakFree(t, function* () {
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
  leakFree(t, function* () {
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
