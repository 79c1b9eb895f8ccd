import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions, type TlsOptions } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { spawnDaemon, type Operation } from 'heddle';
import { listen as listenHttp, text, type HttpServer } from 'heddle/http';
import { connect, listen, type Connection, type Listener, type TlsFacts } from 'heddle/net';
import { ArgumentError, IoError } from '#src/base/errors.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';
import { thrownBy } from '../support/thrown-by.js';

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const localhost = { cert: fixture('localhost-certificate.pem'), key: fixture('localhost-key.pem') };
/** Of another name. */
const loom = { cert: fixture('loom-certificate.pem'), key: fixture('loom-key.pem') };
const ca = [localhost.cert, loom.cert];
const host = '127.0.0.1';
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

function* open({ port }: { port: number }, tls: ConnectionOptions = {}): Operation<Connection> {
  return yield* connect({ port, host, tls: { ca, checkServerIdentity: () => undefined, ...tls } });
}

function nameOf({ tls }: { readonly tls: TlsFacts | null }): string | undefined {
  return tls!.peerCertificate?.subject;
}

const kinds: Readonly<Record<string, (tls: TlsOptions) => Operation<Listener | HttpServer>>> = {
  'heddle/net': (tls) => listen({ port: 0, host, tls }),
  'heddle/http': (tls) => listenHttp({ port: 0, host, tls }),
};

const misused: (readonly [TlsOptions, RegExp])[] = [
  [{ SNICallback: async () => createSecureContext(loom) as never }, /calls its second argument, `done\(null,/],
  [{ SNICallback: function* () {} as never }, /calls its second argument, `done\(null,/],
  [{ ALPNCallback: async () => fail(new Error('unheard')) } as never, /ALPNCallback.*returned a promise/s],
];

for (const [door, listening] of Object.entries(kinds)) {
  test.serial(`${door}: a server is given a new certificate while it serves`, (t) =>
    leavesNothing(t, function* () {
      const server = yield* listening(localhost);
      const first = yield* open(server);
      t.is(nameOf(first), 'CN=localhost');
      server.renewCertificate(loom);
      t.is(nameOf(yield* open(server)), 'CN=loom.test');
      t.false(first.isClosed);
      server.renewCertificate(localhost);
      t.is(nameOf(yield* open(server)), 'CN=localhost');
    }),
  );

  test.serial(`${door}: versions of TLS of which none is left are refused`, (t) =>
    leavesNothing(t, function* () {
      const attempt = function* (versions: TlsOptions): Operation<void> {
        yield* listening({ ...localhost, ...versions });
      };
      const refusal = function* (versions: TlsOptions): Operation<string> {
        return String(yield* thrownBy(attempt(versions)));
      };
      t.regex(
        yield* refusal({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }),
        /ArgumentError.* TLSv1\.3, above .*; exchange them/,
      );
      t.regex(yield* refusal({ maxVersion: 'TLSv1.1' }), /`minVersion`, unless given, is .*; lower `minVersion`, too/);
      yield* listening({ ...localhost, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
    }),
  );

  test.serial(`${door}: a server keeps its certificate while a new one cannot be used`, (t) =>
    leavesNothing(t, function* () {
      const server = yield* listening(localhost);
      const refused = { message: /`key` does not belong to `cert`/, instanceOf: ArgumentError };
      t.throws(() => server.renewCertificate({ cert: loom.cert }), refused);
      t.throws(() => server.renewCertificate({ cert: undefined }), { message: /lacks the `cert` of its `key`/ });
      t.throws(() => server.renewCertificate({ cert: 'loom.pem', key: 'key.pem' }), {
        message: /contents of PEM files/,
        instanceOf: IoError,
      });
      t.throws(() => server.renewCertificate({ crt: loom.cert } as never), { message: /did you mean `cert`/ });
      t.is(nameOf(yield* open(server)), 'CN=localhost');
    }),
  );

  test.serial(`${door}: with a new certificate a server trusts the same clients as before`, (t) =>
    leavesNothing(t, function* () {
      const server = yield* listening({ ...localhost, ca: loom.cert, requestCert: true });
      server.renewCertificate(localhost);
      // Over this version the handshake is over for both sides at once.
      const tls = { maxVersion: 'TLSv1.2' } as const;
      t.false((yield* open(server, { ...tls, ...loom })).isClosed);
      t.true((yield* thrownBy(open(server, { ...tls, ...localhost }))) instanceof IoError);
      t.true((yield* thrownBy(open(server, tls))) instanceof IoError);
    }),
  );

  test.serial(`${door}: a certificate and a key of different kinds are refused`, (t) =>
    leavesNothing(t, function* () {
      const attempt = function* (): Operation<void> {
        yield* listening({ cert: localhost.cert, key: rsaKey });
      };
      t.regex(String(yield* thrownBy(attempt())), /ArgumentError.* `key` does not belong to `cert`/);
      const server = yield* listening(localhost);
      t.throws(() => server.renewCertificate({ key: rsaKey }), { message: /`key` does not belong to `cert`/ });
      t.is(nameOf(yield* open(server)), 'CN=localhost');
    }),
  );

  test.serial(`${door}: a function of the server that fails within a handshake is told, and ends nothing`, (t) =>
    leavesNothing(t, function* () {
      const failure = (how: string): Error => new Error(`${how} in ${door}`);
      const callbacks: readonly (readonly [TlsOptions, RegExp])[] = [
        [{ SNICallback: () => fail(failure('thrown')) }, /SNICallback.*thrown/s],
        [{ SNICallback: async () => fail(failure('rejected')) }, /SNICallback.*rejected/s],
        [{ SNICallback: () => Promise.reject(door) as never }, /SNICallback.*heddle/s],
        [{ ALPNCallback: () => fail(failure('thrown')) }, /ALPNCallback.*thrown/s],
        // Of whichever door is the first: the same again is counted.
        ...misused.splice(0),
      ];
      for (const [tls, told] of callbacks) {
        const printed = muted(t);
        const server = yield* listening({ ...localhost, ...tls });
        const attempt = open(server, { servername: 'other', ALPNProtocols: ['http/1.1'] });
        t.true((yield* thrownBy(attempt)) instanceof IoError);
        yield* eventually(() => printed.length === 1);
        t.regex(printed[0]!, told);
      }
    }),
  );

  test.serial(`${door}: a server chooses its certificate by the name, also in an async function`, (t) =>
    leavesNothing(t, function* () {
      const server = yield* listening({
        ...localhost,
        SNICallback: async (name, done) => {
          await Promise.resolve();
          done(null, name === 'loom.test' ? createSecureContext(loom) : undefined);
        },
      });
      t.is(nameOf(yield* open(server, { servername: 'loom.test' })), 'CN=loom.test');
      t.is(nameOf(yield* open(server, { servername: 'other' })), 'CN=localhost');
    }),
  );
}

test.serial('a server without TLS has no certificate to renew', (t) =>
  leavesNothing(t, function* () {
    for (const server of [yield* listen({ port: 0, host }), yield* listenHttp({ host })])
      t.throws(() => server.renewCertificate(loom), { instanceOf: ArgumentError, message: /opened without `tls`/ });
  }),
);

test.serial('a `pfx` and a `cert` replace each other', (t) =>
  leavesNothing(t, function* () {
    const server = yield* listen({ port: 0, host, tls: { pfx: fixture('loom.pfx'), passphrase: 'warp' } });
    t.is(nameOf(yield* open(server)), 'CN=loom.test');
    server.renewCertificate(localhost);
    t.is(nameOf(yield* open(server)), 'CN=localhost');
    server.renewCertificate({ pfx: fixture('loom.pfx'), passphrase: 'warp' });
    t.is(nameOf(yield* open(server)), 'CN=loom.test');
  }),
);

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

test.serial('a key that cannot be read is an error that says what is wrong with it', (t) =>
  leavesNothing(t, function* () {
    const { cert, key } = localhost;
    const encrypted = createPrivateKey(key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'warp',
    });
    const told = function* (tls: TlsOptions): Operation<string> {
      return String(yield* thrownBy(listen({ port: 0, host, tls })));
    };
    t.regex(yield* told({ cert, key: encrypted }), /^IoError.*the `passphrase` is not that of `key`, or is missing/);
    t.regex(yield* told({ cert, key: encrypted, passphrase: 'weft' }), /^IoError.*the `passphrase` is not that of/);
    t.regex(yield* told({ cert, key: cert }), /^IoError.*`key` is no private key/);
    yield* listen({ port: 0, host, tls: { cert, key: encrypted, passphrase: 'warp' } });
  }),
);

test.serial('what `checkServerIdentity` throws fails the connecting, and ends nothing', (t) =>
  leavesNothing(t, function* () {
    const server = yield* listen({ port: 0, host, tls: localhost });
    const failure = new Error('not the one we know');
    const check = (checkServerIdentity: () => unknown): ConnectionOptions => ({ checkServerIdentity }) as never;
    t.like(
      yield* thrownBy(
        open(
          server,
          check(() => fail(failure)),
        ),
      ),
      { code: 'ERR_HEDDLE_IO', cause: failure },
    );
    const unheard = yield* thrownBy(
      open(
        server,
        check(async () => fail(failure)),
      ),
    );
    t.regex(String(unheard), /IoError.*`checkServerIdentity` returned a promise/);
    t.false(
      (yield* open(
        server,
        check(() => undefined),
      )).isClosed,
    );
  }),
);

function fail(error: Error): never {
  throw error;
}

/** What is printed as errors meanwhile, which nobody is to see. */
function muted(t: ExecutionContext): string[] {
  const { error } = console;
  const printed: string[] = [];
  console.error = (...args: unknown[]) => void printed.push(args.join(' '));
  t.teardown(() => (console.error = error));
  return printed;
}
