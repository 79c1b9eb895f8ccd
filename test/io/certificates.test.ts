import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import test from 'ava';
import { spawnDaemon, type Operation } from 'heddle';
import { listen as listenHttp, text } from 'heddle/http';
import { connect, listen, type Connection, type TlsFacts } from 'heddle/net';
import { leavesNothing } from '../support/leaks.js';

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const localhost = { cert: fixture('localhost-certificate.pem'), key: fixture('localhost-key.pem') };
/** Of another name. */
const loom = { cert: fixture('loom-certificate.pem'), key: fixture('loom-key.pem') };
const ca = [localhost.cert, loom.cert];
const host = '127.0.0.1';

function* open({ port }: { port: number }, tls: ConnectionOptions = {}): Operation<Connection> {
  return yield* connect({ port, host, tls: { ca, checkServerIdentity: () => undefined, ...tls } });
}

test.serial('a connection tells who its client is, and why that is not certain', (t) =>
  leavesNothing(t, function* () {
    const server = yield* listen({
      port: 0,
      host,
      tls: { ...localhost, ca: loom.cert, requestCert: true, rejectUnauthorized: false },
    });
    const facts = function* (tls: ConnectionOptions): Operation<TlsFacts> {
      yield* open(server, { servername: 'name.test', ...tls });
      return (yield* server.accept()).tls!;
    };
    const trusted = yield* facts(loom);
    t.like(trusted, { authorized: true, authorizationError: undefined, servername: 'name.test' });
    t.is(trusted.peerCertificate!.subjectAltName, 'DNS:loom.test');
    const stranger = yield* facts(localhost);
    t.like(stranger, { authorized: false, authorizationError: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    t.is(stranger.peerCertificate!.subject, 'CN=localhost');
    const nobody = yield* facts({});
    t.like(nobody, { authorized: false, peerCertificate: undefined });
  }),
);

test.serial('a request tells who its client is', (t) =>
  leavesNothing(t, function* () {
    const handler = function* (request: { readonly tls: TlsFacts | null }) {
      return text(`${request.tls?.authorized} ${request.tls?.peerCertificate?.subject}\n`);
    };
    const tls = { ...localhost, ca: loom.cert, requestCert: true };
    const servers = [yield* listenHttp({ host, tls }), yield* listenHttp({ host })];
    const answers: string[] = [];
    for (const server of servers) {
      yield* spawnDaemon(() => server.serve(handler));
      const client = yield* server.raw === servers[0]!.raw ? open(server, loom) : connect({ port: server.port, host });
      yield* client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      for (let line = yield* client.readLine(); line !== null; line = yield* client.readLine()) answers.push(line);
    }
    t.deepEqual(
      answers.filter((line) => / CN=| undefined/.test(line)),
      ['true CN=loom.test', 'undefined undefined'],
    );
  }),
);
