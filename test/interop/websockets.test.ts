import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import test from 'ava';
import {
  CancelledError,
  channel,
  event,
  scope,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  until,
  withTimeout,
  type Channel,
  type Operation,
  type Scope,
} from 'heddle';
import { fetch, listen, text, type HttpServer } from 'heddle/http';
import { reader, writer } from 'heddle/streams';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';

/** What docs/websockets.md promises of its recipe, which is what stands here. */
type Talk = (stream: Duplex, socket: WebSocket) => Operation<unknown>;

function* site(talk: Talk, client: (server: HttpServer, failures: unknown[]) => Operation<void>): Operation<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const failures: unknown[] = [];
  const listening = channel<HttpServer>();
  const program = yield* spawn(() => scope(serve));
  yield* client(yield* listening.receive(), failures);
  program.cancel();

  function* serve(own: Scope): Operation<void> {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 60_000 });
    server.raw.on('upgrade', (request, tcp, head) => {
      sockets.handleUpgrade(request, tcp, head, (socket) => connected(own, socket));
    });
    yield* listening.send(server);
    yield* server.serve(function* () {
      return text('a page');
    });
  }

  function connected(own: Scope, socket: WebSocket): void {
    const stream = createWebSocketStream(socket, { readableObjectMode: true, decodeStrings: false });
    stream.on('error', () => {});
    const fiber = own.spawn(attend, stream, socket);
    socket.once('close', () => fiber.cancel('the client has gone'));
  }

  function* attend(stream: Duplex, socket: WebSocket): Operation<void> {
    try {
      yield* scope(() => talk(stream, socket));
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      failures.push(error);
    }
  }
}

function* open({ port }: HttpServer): Operation<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on('error', () => {});
  yield* until(once(client, 'open'));
  return client;
}

function* echo(stream: Duplex): Operation<void> {
  const out = writer(stream);
  yield* reader<string | Buffer>(stream, { own: true }).forEach((message) => out.write(message));
}

function* hear(client: WebSocket): Operation<[data: Buffer, isBinary: boolean]> {
  return (yield* until(once(client, 'message'))) as [Buffer, boolean];
}

test.serial('WebSockets: texts stay texts and bytes bytes, and pages are served beside', (t) =>
  leavesNothing(t, () =>
    site(echo, function* (server) {
      const client = yield* open(server);
      client.send('hello');
      t.deepEqual(yield* hear(client), [Buffer.from('hello'), false]);
      client.send(Buffer.from('hello'));
      t.deepEqual(yield* hear(client), [Buffer.from('hello'), true]);
      t.is(yield* (yield* fetch(server.url)).text(), 'a page');
      client.close();
    }),
  ),
);

for (const how of ['close', 'terminate'] as const)
  test.serial(`WebSockets: a client that goes away cancels its fiber in the middle of its work: ${how}`, (t) =>
    leavesNothing(t, function* () {
      const log: string[] = [];
      function* talk(stream: Duplex): Operation<void> {
        yield* reader<string>(stream, { own: true }).forEach(function* (message) {
          log.push(message);
          try {
            yield* suspend();
          } finally {
            log.push('cancelled');
          }
        });
      }
      yield* site(talk, function* (server, failures) {
        const client = yield* open(server);
        client.send('work');
        yield* eventually(() => log.length === 1);
        client[how]();
        yield* eventually(() => log.length === 2);
        t.deepEqual(log, ['work', 'cancelled']);
        t.deepEqual(failures, []);
      });
    }),
  );

test.serial('WebSockets: a server that stops hangs up, and waits for no client', (t) =>
  leavesNothing(t, function* () {
    let client: WebSocket | undefined;
    yield* site(echo, function* (server) {
      client = yield* open(server);
    });
    yield* eventually(() => client!.readyState === WebSocket.CLOSED);
    t.pass();
  }),
);

test.serial('WebSockets: a fiber that says goodbye is heard to its end', (t) =>
  leavesNothing(t, () =>
    site(
      function* (stream) {
        const out = writer(stream);
        const messages = reader<string>(stream, { own: true });
        yield* out.write(`bye, ${yield* messages.read()}`);
        yield* withTimeout(10_000, out.finish());
      },
      function* (server, failures) {
        const client = yield* open(server);
        client.send('Ada');
        t.is(String((yield* hear(client))[0]), 'bye, Ada');
        yield* eventually(() => client.readyState === WebSocket.CLOSED);
        t.deepEqual(failures, []);
      },
    ),
  ),
);

test.serial('WebSockets: what is broken, or too large, ends its own connection and no other', (t) =>
  leavesNothing(t, () =>
    site(echo, function* (server, failures) {
      const other = yield* open(server);
      const large = yield* open(server);
      large.send('x'.repeat(100_000));
      yield* eventually(() => large.readyState === WebSocket.CLOSED);
      // With the upgrade, and so before its fiber has begun.
      const broken = connect(server.port, '127.0.0.1');
      broken.on('error', () => {});
      broken.write(
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\xff\xff\xff\xff',
        'latin1',
      );
      broken.resume();
      yield* until(once(broken, 'close'));
      other.send('still here');
      t.is(String((yield* hear(other))[0]), 'still here');
      // Its fiber is told, or cancelled before that.
      for (const error of failures) t.regex((error as { code: string }).code, /^WS_ERR_/);
      other.close();
    }),
  ),
);

test.serial('WebSockets: a client that does not read makes the writer wait, and memory stays bounded', (t) =>
  leavesNothing(t, (runtime) => {
    const messages = 250;
    let [written, most] = [0, 0];
    return site(
      function* (stream, socket) {
        const out = writer(stream);
        const answers = reader(stream, { own: true });
        yield* answers.read();
        for (; written < messages; written++) {
          yield* out.write('x'.repeat(60_000));
          most = Math.max(most, socket.bufferedAmount + stream.writableLength);
        }
        yield* answers.read();
      },
      function* (server) {
        const client = yield* open(server);
        let heard = 0;
        const all = event();
        client.on('message', () => ++heard === messages && all.set());
        client.pause();
        client.send('go on');
        let before = -1;
        // It waits, and has not moved since it was looked at last.
        yield* eventually(() => {
          const stands = before === written && waitsAt('stream.write');
          before = written;
          return stands;
        });
        t.true(written < messages, `${written} were written`);
        client.resume();
        yield* all.wait();
        t.true(most < 300_000, `${most} bytes waited in the process`);
        client.close();
      },
    );

    function waitsAt(kind: string): boolean {
      return runtime.snapshotNow().nodes.some(({ label, waiting }) => label === kind && waiting > 0);
    }
  }),
);

test.serial('WebSockets: a fiber that does not read makes its client wait', (t) =>
  leavesNothing(t, function* () {
    const messages = 250;
    const [begun, goOn, all] = [event(), event(), event()];
    let [taken, waiting] = [0, 0];
    yield* site(
      function* (stream) {
        yield* reader<string>(stream, { own: true }).forEach(function* () {
          waiting = Math.max(waiting, stream.readableLength);
          begun.set();
          yield* goOn.wait();
          if (++taken === messages) all.set();
        });
      },
      function* (server) {
        const client = yield* open(server);
        for (let i = 0; i < messages; i++) client.send('x'.repeat(60_000));
        yield* begun.wait();
        yield* sleep(20);
        t.true(client.bufferedAmount > 1_000_000, `${client.bufferedAmount} bytes have not left`);
        goOn.set();
        yield* all.wait();
        t.true(waiting < 32, `${waiting} messages waited`);
        client.close();
      },
    );
  }),
);

test.serial('WebSockets: what is for all waits for nobody', (t) =>
  leavesNothing(t, function* () {
    const guests = new Set<Channel<string>>();
    function* talk(stream: Duplex): Operation<void> {
      const out = writer(stream);
      const news = channel<string>(100, { name: 'news' });
      guests.add(news);
      try {
        yield* spawnDaemon(() => news.forEach((line) => out.write(line)));
        yield* reader<string>(stream, { own: true }).forEach((line) => {
          for (const guest of guests) guest.trySend(line);
        });
      } finally {
        guests.delete(news);
      }
    }
    yield* site(talk, function* (server) {
      const [ann, ben] = [yield* open(server), yield* open(server)];
      yield* eventually(() => guests.size === 2);
      const heard = Promise.all([once(ann, 'message'), once(ben, 'message')]);
      ann.send('hello');
      t.deepEqual(
        (yield* until(heard)).map(([line]) => String(line)),
        ['hello', 'hello'],
      );
      ann.close();
      yield* eventually(() => guests.size === 1);
      ben.close();
    });
    yield* eventually(() => guests.size === 0);
  }),
);
