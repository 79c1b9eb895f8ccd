import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import {
  createServer as createRawServer,
  request as rawRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as rawConnect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { EventEmitter, once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { format, inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import test, { type ExecutionContext } from 'ava';
import {
  all,
  ArgumentError,
  CancelledError,
  channel,
  ClosedError,
  event,
  FiberCancelledError,
  IoError,
  moveOnAfter,
  now,
  OverloadError,
  run,
  scope,
  sleep,
  spawn,
  suspend,
  TooLargeError,
  until,
  withTimeout,
  yieldNow,
  type Fiber,
  type Operation,
} from 'heddle';
import {
  fetch,
  HttpError,
  json,
  listen,
  ResponseError,
  text,
  type Handler,
  type HttpServer,
  type Reply,
  type ServerRequest,
} from 'heddle/http';
import { readAll, toWebStream } from 'heddle/streams';
import { ClientResponse } from '#src/io/http/client.js';
import { waitsBehind } from '#src/io/http/pipeline.js';
import { report } from '#src/io/http/report.js';
import { eventually } from '../support/eventually.js';
import { leavesNothing } from '../support/leaks.js';
import { thrownBy } from '../support/thrown-by.js';

const localhost = {
  key: readFileSync('test/fixtures/localhost-key.pem'),
  cert: readFileSync('test/fixtures/localhost-certificate.pem'),
};

/** A server that answers by `handler` while `client` runs. */
function* serving(
  handler: Handler,
  client: (server: HttpServer) => Operation<void>,
  options: Parameters<typeof listen>[0] = {},
): Operation<void> {
  const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 200, onError: () => {}, ...options });
  const fiber = yield* spawn(() => server.serve(handler));
  yield* client(server);
  fiber.cancel();
}

/** Waits until `server` is at so many requests. Their handlers have to wait for the test, however slow the machine is. */
function* atWork(server: HttpServer, requests: number): Operation<void> {
  while (server.stats().active < requests) yield* sleep(1);
}

/** Stops `server`, and waits until it has taken notice. */
function* stop(server: HttpServer, serving: Fiber): Operation<void> {
  serving.cancel();
  while (server.raw.listening) yield* sleep(1);
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
}

// oxlint-disable-next-line require-yield
function* noReply(): Operation<never> {
  throw new Error('nobody asks');
}

/** Sends bytes as they are and returns everything that comes back. */
function* exchange(port: number, sent: string): Operation<string> {
  const socket = rawConnect(port, '127.0.0.1');
  let received = '';
  socket
    .setEncoding('latin1')
    .on('data', (chunk: string) => (received += chunk))
    .on('error', () => {});
  socket.write(sent);
  yield* until(once(socket, 'close'));
  return received;
}

test.serial('a handler answers text, JSON, bytes and streams', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/text') return text('hello');
        if (request.path === '/json') return json({ a: [1] }, { status: 201 });
        if (request.path === '/bytes') return { body: new Uint8Array([1, 2, 3]) };
        if (request.path === '/none') return { status: 204 };
        if (request.path === '/marked') return text('\ufeff{"a":[1]}');
        return {
          body: function* (write) {
            for (let i = 0; i < 3; i++) {
              yield* write(`part ${i}\n`);
              yield* sleep(1);
            }
          },
        };
      },
      function* (server) {
        t.is(yield* (yield* fetch(`${server.url}/text`)).text(), 'hello');
        const created = yield* fetch(`${server.url}/json`);
        t.is(created.status, 201);
        t.deepEqual(yield* created.json(), { a: [1] });
        t.deepEqual(yield* (yield* fetch(`${server.url}/marked`)).json(), { a: [1] }, 'a byte order mark');
        t.deepEqual([...(yield* (yield* fetch(`${server.url}/bytes`)).bytes())], [1, 2, 3]);
        t.is((yield* fetch(`${server.url}/none`)).status, 204);
        t.is(yield* (yield* fetch(`${server.url}/stream`)).text(), 'part 0\npart 1\npart 2\n');
        t.is(server.stats().served, 6);
      },
    ),
  );
});

test.serial('a handler that is stopped by a scope of its own is answered 500, and the others go on', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/good') yield* sleep(20);
        else
          yield* scope(function* (own) {
            own.cancel();
            yield* sleep(1);
          });
        return text('good');
      },
      function* (server) {
        const good = yield* spawn(() => fetch(`${server.url}/good`));
        t.is((yield* fetch(`${server.url}/stopped`)).status, 500);
        t.is((yield* good.join()).status, 200);
      },
    ),
  );
});

test.serial('a request has method, path, query and headers', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return json({
          method: request.method,
          path: request.path,
          q: request.query.get('q'),
          x: request.headers['x-a'],
        });
      },
      function* (server) {
        const response = yield* fetch(`${server.url}/a%20b?q=1`, { method: 'PUT', headers: { 'x-a': 'y' }, body: '' });
        t.deepEqual(yield* response.json(), { method: 'PUT', path: '/a%20b', q: '1', x: 'y' });
      },
    ),
  );
});

test.serial('the path is the same when the host stands in front of it', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return text(`<${request.path}>`);
      },
      function* (server) {
        const targets = ['http://a/b%20c?d=http://e/f', 'HTTP://a:80', 'http://a?b', '/http://a/b'];
        const last = 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
        const answers = yield* exchange(server.port, targets.map(get).join('') + last);
        t.deepEqual(answers.match(/<.*>/g), ['</b%20c>', '</>', '</>', '</http://a/b>', '<*>']);
      },
    ),
  );
});

test.serial('a body is read as text, as JSON, in pieces, and not beyond its limit', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request: ServerRequest) {
        if (request.path === '/json') return json(yield* request.json());
        if (request.path === '/pieces') {
          let size = 0;
          for (let piece = yield* request.read(); piece !== null; piece = yield* request.read()) size += piece.length;
          return text(String(size));
        }
        return text(yield* request.text({ limit: 10 }));
      },
      function* (server) {
        const post = (path: string, body: string): Operation<{ status: number; text(): Operation<string> }> =>
          fetch(server.url + path, { method: 'POST', body });
        t.is(yield* (yield* post('/text', 'short')).text(), 'short');
        t.is((yield* post('/text', 'x'.repeat(11))).status, 413);
        t.deepEqual(JSON.parse(yield* (yield* post('/json', '{"a":1}')).text()), { a: 1 });
        t.is((yield* post('/json', '{"a":')).status, 400);
        t.is((yield* post('/json', '\ufeff\ufeff{"a":1}')).status, 400);
        t.deepEqual(JSON.parse(yield* (yield* post('/json', '\ufeff{"a":1}')).text()), { a: 1 }, 'a byte order mark');
        t.is(yield* (yield* post('/pieces', 'x'.repeat(300_000))).text(), '300000');
      },
    ),
  );
});

test.serial('a body that was read already is an error of who reads it again', async (t) => {
  const told: unknown[] = [];
  const handlers: Record<string, (request: ServerRequest) => Operation<unknown>> = {
    *'/twice'(request) {
      yield* request.text();
      return yield* request.json();
    },
    *'/over-its-limit'(request) {
      yield* thrownBy(request.text({ limit: 3 }));
      return yield* request.text();
    },
    *'/in-pieces'(request) {
      for (let piece = yield* request.read(); piece !== null;) piece = yield* request.read();
      return yield* request.json();
    },
  };
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return json(yield* handlers[request.path]!(request));
      },
      function* (server) {
        const chunked =
          'POST /over-its-limit HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n';
        t.regex(yield* exchange(server.port, `${chunked}4\r\nabcd\r\n0\r\n\r\n`), /^HTTP\/1.1 500/);
        for (const path of ['/twice', '/in-pieces'])
          t.is((yield* fetch(server.url + path, { method: 'POST', body: '{}' })).status, 500, path);
        t.is(told.length, 3);
        for (const error of told) t.regex(String(error), /^MisuseError: The body was read already/);
      },
      { onError: (error) => void told.push(error) },
    ),
  );
});

test.serial('what is left of a body that was read in part is read as a whole', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        const first = yield* request.read();
        return text(`${first}|${yield* request.text({ limit: 2 * MiB })}`);
      },
      function* (server) {
        const body = 'x'.repeat(MiB);
        const answer = yield* (yield* fetch(server.url, { method: 'POST', body })).text();
        t.is(answer.replace('|', ''), body);
        t.true(answer.indexOf('|') < MiB);
      },
    ),
  );
});

const MiB = 1024 * 1024;

test.serial('a response that was read already is an error of who reads it again', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('[1]');
      },
      function* (server) {
        const whole = yield* fetch(server.url);
        yield* whole.text();
        t.regex(String(yield* thrownBy(whole.json())), /^MisuseError: The body was read already/);
        const inPieces = yield* fetch(server.url);
        for (let piece = yield* inPieces.read(); piece !== null;) piece = yield* inPieces.read();
        t.is(yield* inPieces.read(), null);
        t.regex(String(yield* thrownBy(inPieces.json())), /^MisuseError: The body was read already/);
      },
    ),
  );
});

test.serial(
  'a body over its limit is refused in the same words by a server and a client, whose usual limit is higher',
  async (t) => {
    const long = 'x'.repeat(1024 * 1024 + 1);
    await leavesNothing(t, () =>
      serving(
        function* handler(request) {
          const limit = request.query.get('limit');
          const body = yield* request.text(limit === null ? {} : { limit: Number(limit) });
          return text(request.method === 'POST' ? String(body.length) : long);
        },
        function* (server) {
          const post = (path: string, body: string): Operation<ClientResponse> =>
            fetch(server.url + path, { method: 'POST', body });
          const refused = yield* post('/?limit=10', 'x'.repeat(11));
          t.is(refused.status, 413);
          t.is(yield* refused.text(), 'The body has more than 10 bytes\n');
          t.is(yield* (yield* post('/?limit=Infinity', long)).text(), String(long.length));
          const head = `POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${long.length}\r\n\r\n`;
          t.regex(yield* exchange(server.port, head), /^HTTP\/1.1 413/);

          const response = yield* fetch(server.url);
          const error = yield* thrownBy(response.text({ limit: 10 }));
          t.true(error instanceof TooLargeError);
          t.is((error as Error).message, 'The body has more than 10 bytes');
          t.true((yield* thrownBy(response.read())) instanceof ClosedError, 'the rest is given up');
          t.is((yield* (yield* fetch(server.url)).text()).length, long.length);
          t.is((yield* (yield* fetch(server.url)).text({ limit: Infinity })).length, long.length);
        },
      ),
    );
  },
);

test.serial('a chunked body beyond its limit is refused while it comes', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return text(yield* request.text({ limit: 10 }));
      },
      function* (server) {
        const chunk = `40\r\n${'x'.repeat(64)}\r\n`;
        const answer = yield* exchange(
          server.port,
          `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunk}${chunk}`,
        );
        t.regex(answer, /^HTTP\/1.1 413/);
      },
    ),
  );
});

test.serial(
  'what a handler throws before the head is answered with 500, and told, and the server goes on',
  async (t) => {
    const told: unknown[] = [];
    await leavesNothing(t, () =>
      serving(
        function* handler(request) {
          if (request.path === '/bad') throw new Error('secret');
          if (request.path === '/teapot') throw new HttpError(418, 'short and stout');
          return text('fine');
        },
        function* (server) {
          const bad = yield* fetch(`${server.url}/bad`);
          t.is(bad.status, 500);
          t.is(yield* bad.text(), 'Internal Server Error\n');
          const teapot = yield* fetch(`${server.url}/teapot`);
          t.is(teapot.status, 418);
          t.is(yield* teapot.text(), 'short and stout\n');
          t.is(yield* (yield* fetch(server.url)).text(), 'fine');
        },
        { onError: (error) => told.push(error) },
      ),
    );
    t.deepEqual(told.map(String), ['Error: secret']);
  },
);

test.serial(
  'several answers that were thrown together are the first of them, if nothing else was thrown',
  async (t) => {
    const told: unknown[] = [];
    await leavesNothing(t, () =>
      serving(
        function* handler(request) {
          const second = request.path === '/bug' ? new Error('secret') : new HttpError(403, 'nor is it yours');
          yield* all([failing(new HttpError(404, 'not there'), 0), failing(second, 60_000)]);
          return text('fine');
        },
        function* (server) {
          const both = yield* fetch(server.url);
          t.is(both.status, 404);
          t.is(yield* both.text(), 'not there\n');
          const bug = yield* fetch(`${server.url}/bug`);
          t.is(bug.status, 500);
          t.is(yield* bug.text(), 'Internal Server Error\n');
        },
        { onError: (error) => told.push(error) },
      ),
    );
    t.deepEqual(
      told.map((error) => (error as AggregateError).errors.map(String)),
      [['HttpError: not there', 'Error: secret']],
    );
  },
);

/** Also when it is cancelled. */
function* failing(error: unknown, after: number): Operation<never> {
  try {
    yield* sleep(after);
  } finally {
    throw error;
  }
}

test.serial('what fails in a request after its reply has arrived is reported', async (t) => {
  const told: unknown[] = [];
  const arrived = event();
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        yield* spawn(function* () {
          yield* arrived.wait();
          throw new Error('late');
        });
        return text('fine');
      },
      function* (server) {
        t.is(yield* (yield* fetch(server.url)).text(), 'fine');
        arrived.set();
      },
      { onError: (error) => told.push((error as Error).message) },
    ),
  );
  t.deepEqual(told, ['late']);
});

test.serial('what a handler throws after the head cuts the connection, and the server goes on', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/fine') return text('fine');
        return {
          body: function* (write) {
            yield* write('beginning');
            yield* sleep(5);
            throw new Error('in the middle');
          },
        };
      },
      function* (server) {
        const response = yield* fetch(`${server.url}/cut`);
        let error: unknown;
        try {
          yield* response.text();
        } catch (caught) {
          error = caught;
        }
        t.truthy(error);
        t.is(yield* (yield* fetch(`${server.url}/fine`)).text(), 'fine');
      },
    ),
  );
});

test.serial('a reply of HTTP/1.0 that was only begun does not look complete', async (t) => {
  const arrived = event();
  const handler: Handler = function* ({ path }) {
    return {
      body: function* (write) {
        yield* write('beginning');
        if (path === '/stops') yield* suspend();
        yield* arrived.wait();
        throw new Error('in the middle');
      },
    };
  };
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', grace: 0, onError: () => {} });
    const serving = yield* spawn(() => server.serve(handler));
    for (const path of ['/fails', '/stops']) {
      const socket = rawConnect(server.port, '127.0.0.1');
      let received = '';
      let how = 'ended';
      socket.on('data', (chunk) => (received += chunk)).on('error', (error) => (how = codeOf(error)));
      socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
      // libuv takes bytes and a reset that come at once for bytes and an end.
      yield* eventually(() => received.endsWith('beginning'));
      if (path === '/stops') serving.cancel();
      else arrived.set();
      yield* eventually(() => socket.destroyed);
      t.is(how, 'ECONNRESET', path);
    }
  });
});

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code!;
}

test.serial('expectOk gives up the body of what it refuses, and its connection', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          status: 404,
          body: function* (write) {
            for (;;) yield* write('x'.repeat(65_536));
          },
        };
      },
      function* (server) {
        const response = yield* fetch(server.url);
        const error = t.throws(() => response.expectOk(), { instanceOf: ResponseError });
        t.is(error.response.status, 404);
        t.false(inspect(error).includes('raw'), 'printing it does not print the response');
        while (server.stats().active > 0) yield* sleep(1);
        t.is(server.stats().cancelled, 1);
      },
    ),
  );
});

test.serial(
  'a response that cannot come is an IoError that says why; what is no URL, and no options, is refused',
  async (t) => {
    await t.throwsAsync(
      run(() => fetch('http://127.0.0.1:1/')),
      { instanceOf: IoError, message: /^http\.fetch: bad port$/ },
    );
    await t.throwsAsync(
      run(() => fetch('/path')),
      { instanceOf: ArgumentError, message: /`url`.* `\/path`/ },
    );
    await t.throwsAsync(
      run(() => listen(8080 as never)),
      { instanceOf: ArgumentError, message: /`options`.* `8080`/ },
    );
  },
);

test.serial('a handler that returns no reply, or an operation, is told how to write it', async (t) => {
  const told: unknown[] = [];
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return (request.path === '/operation' ? sleep(1) : undefined) as never;
      },
      function* (server) {
        t.is((yield* fetch(`${server.url}/nothing`)).status, 500);
        t.is((yield* fetch(`${server.url}/operation`)).status, 500);
      },
      { onError: (error) => told.push(error) },
    ),
  );
  t.regex(String(told[0]), /returned `undefined`/);
  t.regex(String(told[1]), /return yield\*/);
});

test.serial('a handler that returns data in place of an operation is told how to write it', async (t) => {
  const told: unknown[] = [];
  await leavesNothing(t, () =>
    serving(
      function list() {
        return [1, 2] as never;
      },
      function* (server) {
        t.is((yield* fetch(server.url)).status, 500);
      },
      { onError: (error) => told.push(error) },
    ),
  );
  t.regex(
    String(told[0]),
    /^MisuseError: Expected `list` to return an operation, got .* `Array`: is it a function\*\?/,
  );
});

test.serial('what cannot be an answer is the fault of the handler, and the connection goes on', async (t) => {
  const reported: unknown[] = [];
  const handlers: Record<string, () => Operation<Reply>> = {
    *'/status'() {
      throw new HttpError(99, 'no status');
    },
    *'/continue'() {
      return { status: 100 };
    },
    *'/header'() {
      return { headers: { name: 'a\r\nb: c' } };
    },
    *'/promise'() {
      return Promise.reject(new Error('unheard')) as unknown as Reply;
    },
  };
  await leavesNothing(t, () =>
    serving(
      (request) => handlers[request.path]!(),
      function* (server) {
        const paths = Object.keys(handlers);
        const last = 'GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        const answers = yield* exchange(server.port, paths.map(get).join('') + last);
        t.is(answers.match(/HTTP\/1\.1 500 Internal Server Error\r\n/g)?.length, paths.length + 1, answers);
        t.deepEqual(
          reported.map((error) => (error as Error).name),
          ['ArgumentError', 'ArgumentError', 'TypeError', 'MisuseError', 'TypeError'],
        );
        t.true(reported.some((error) => /write `return yield\* until\(…\)`/.test((error as Error).message)));
      },
      { onError: (error) => void reported.push(error) },
    ),
  );
});

test.serial('data is no reply, and headers are names and values', async (t) => {
  const reported: string[] = [];
  const replies: Record<string, unknown> = {
    '/array': [],
    '/bytes': Buffer.from('x'),
    '/data': { name: 'Ada' },
    '/web': { headers: new Headers({ a: 'b' }) },
    '/map': { headers: new Map([['a', 'b']]) },
    '/text': { headers: 'a: b' },
    '/status': { status: '204' },
  };
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/none') return {};
        if (request.path === '/nothing') return { body: undefined } as unknown as Reply;
        return replies[request.path] as Reply;
      },
      function* (server) {
        for (const path of Object.keys(replies)) t.is((yield* fetch(server.url + path)).status, 500, path);
        t.deepEqual(
          reported.map((message) => /^The handler returned|^Expected `\w+`/.exec(message)?.[0]),
          [...Array(3).fill('The handler returned'), ...Array(3).fill('Expected `headers`'), 'Expected `status`'],
        );
        t.regex(reported[2]!, /an object of class `Object`, which is data: write `return json\(…\)`/);
        for (const path of ['/none', '/nothing']) t.is((yield* fetch(server.url + path)).status, 200, path);
      },
      { onError: (error) => void reported.push((error as Error).message) },
    ),
  );
});

test.serial('a map, a date, an error or an object of a class is no reply, and the error names the fix', async (t) => {
  class User {}
  const replies: Record<string, readonly [unknown, RegExp]> = {
    '/map': [new Map([['name', 'Ada']]), /class `Map`.*`return json\(Object\.fromEntries\(…\)\)`/],
    '/set': [new Set(['Ada']), /class `Set`.*`return json\(\[\.\.\.…\]\)`/],
    '/date': [new Date(0), /class `Date`.*`return json\(…\)`/],
    '/user': [new User(), /class `User`.*`return json\(…\)`/],
    '/error': [new Error('wrong'), /class `Error`: write `throw …`/],
    '/answer': [new HttpError(404, 'not there'), /class `HttpError`: write `throw …`/],
    '/bytes': [Buffer.from('x'), /class `Buffer`.*`return \{ body: … \}`/],
    '/buffer': [new ArrayBuffer(1), /class `ArrayBuffer`.*`return \{ body: new Uint8Array\(…\) \}`/],
  };
  const reported: string[] = [];
  const plain = [{}, Object.create(null), runInNewContext('({})')];
  await leavesNothing(t, () =>
    serving(
      function* handler({ path }) {
        return (replies[path]?.[0] ?? plain[Number(path.slice(1))]) as Reply;
      },
      function* (server) {
        for (const [path, [, fix]] of Object.entries(replies)) {
          t.is((yield* fetch(server.url + path)).status, 500, path);
          t.regex(reported.pop()!, fix);
        }
        for (const i of plain.keys()) t.is((yield* fetch(`${server.url}/${i}`)).status, 200);
      },
      { onError: (error) => void reported.push((error as Error).message) },
    ),
  );
});

test('what JSON cannot tell, and headers that are none, are an error of who replies', (t) => {
  for (const value of [undefined, () => {}, Symbol('x')])
    t.throws(() => json(value), {
      instanceOf: ArgumentError,
      message: /^Expected `value` to be something that JSON can represent/,
    });
  for (const make of [text, json])
    t.throws(() => make('x', { headers: new Headers({ a: 'b' }) as never }), {
      instanceOf: ArgumentError,
      message: /^Expected `headers`/,
    });
});

test('the default log shows an error whatever its client has asked for', (t) => {
  const printed = muted(t);
  report(new Error('what happened'), null, undefined, 'GET /caf%c3%a9/%s/%o');
  t.regex(format(...(printed[0] as unknown[])), /^GET \/caf%c3%a9\/%s\/%o: Error: what happened\n +at /);
});

test.serial('what is wrong with a handler is printed for its first request, not for each', async (t) => {
  const printed = muted(t);
  await leavesNothing(t, () =>
    serving(
      function* forgetful(): Operation<Reply> {
        return sleep(1) as never;
      },
      function* (server) {
        for (let i = 0; i < 5; i++) t.is((yield* fetch(`${server.url}/${i}`)).status, 500);
      },
      { onError: undefined } as object,
    ),
  );
  t.deepEqual(
    printed.map((values) => (values as unknown[])[1]),
    ['GET /0'],
  );
});

test.serial('an async function as a handler is answered 500, and what it fails with ends nothing', async (t) => {
  const reported: string[] = [];
  await leavesNothing(t, () =>
    serving(
      (async () => {
        throw new Error('unheard');
      }) as never,
      function* (server) {
        for (let i = 0; i < 2; i++) t.is((yield* fetch(server.url)).status, 500);
        t.regex(reported[1]!, /to wait for a promise write `yield\* until\(promise\)`$/);
      },
      { onError: (error) => void reported.push((error as Error).message) },
    ),
  );
});

test.serial('an error that cannot be answered cuts its own connection and no other', async (t) => {
  const printed = muted(t);
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        const error = new HttpError(404, '');
        if (request.path === '/status') throw Object.defineProperty(error, 'status', { value: 'none' });
        if (request.path === '/message') throw Object.defineProperty(error, 'message', { get: neverTold });
        return text('fine');
      },
      function* (server) {
        for (const path of ['/status', '/message']) t.is(yield* exchange(server.port, get(path)), '', path);
        t.is(yield* (yield* fetch(server.url)).text(), 'fine');
      },
    ),
  );
  t.is(printed.length, 2);
});

function neverTold(): never {
  throw new Error('not told');
}

/** What is printed as errors meanwhile, which nobody is to see. */
function muted(t: ExecutionContext): unknown[] {
  const { error } = console;
  const printed: unknown[] = [];
  console.error = (...args: unknown[]) => void printed.push(args);
  t.teardown(() => (console.error = error));
  return printed;
}

test.serial('what a promise of `onError` is rejected with is printed, and ends nothing', async (t) => {
  const printed = muted(t);
  await leavesNothing(t, () =>
    serving(
      noReply,
      function* (server) {
        for (let i = 0; i < 2; i++) t.is((yield* fetch(server.url)).status, 500);
      },
      {
        onError: async () => {
          throw new Error('of the log');
        },
      },
    ),
  );
  // The second is counted.
  t.is(printed.length, 1);
});

test.serial('a body of no known kind is answered 500, by an error that says what to write', async (t) => {
  const reported: string[] = [];
  const buffer = new ArrayBuffer(8);
  const bodies: Record<string, unknown> = {
    '/number': 42,
    '/false': false,
    '/object': { a: 1 },
    '/map': new Map(),
    '/stream': Readable.from(['x']),
    '/web': new Blob(['x']).stream(),
    '/blob': new Blob(['x']),
    '/buffer': buffer,
    '/shared': new SharedArrayBuffer(8),
    '/view': new DataView(buffer),
    '/floats': new Float32Array(buffer),
    '/promise': Promise.reject(new Error('unheard')),
    '/operation': sleep(1),
  };
  const fixes = [
    /got `42` \(number\)$/,
    /got `false` \(boolean\)$/,
    /`Object`: write `json\(…\)`$/,
    /`Map`: write `json\(Object.fromEntries\(…\)\)`$/,
    /`Readable`: write `\*body\(write\) \{ yield\* reader\(stream, /,
    /`ReadableStream`: write `\*body\(write\) \{ yield\* reader\(stream, /,
    /`Blob`: write `\{ body: new Uint8Array\(yield\* until\(blob\.arrayBuffer\(\)\)\) \}`$/,
    /`ArrayBuffer`: write `new Uint8Array\(buffer\)`$/,
    /`SharedArrayBuffer`: write `new Uint8Array\(buffer\)`$/,
    /`DataView`: write `new Uint8Array\(view\.buffer, view\.byteOffset, view\.byteLength\)`$/,
    /`Float32Array`: write `new Uint8Array\(view\.buffer, view\.byteOffset, view\.byteLength\)`$/,
    /`Promise`: write `\{ body: yield\* until\(…\) \}`$/,
    /: write `\{ body: yield\* … \}`$/,
  ];
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return { body: bodies[request.path] } as Reply;
      },
      function* (server) {
        for (const path of Object.keys(bodies)) t.is((yield* fetch(server.url + path)).status, 500, path);
        for (const [i, message] of reported.entries()) {
          t.regex(message, /^Expected `body` to be a text, bytes or a function\* that writes them, got /);
          t.regex(message, fixes[i]!);
        }
        t.is(reported.length, fixes.length);
      },
      { onError: (error) => void reported.push((error as Error).message) },
    ),
  );
});

test.serial(
  'a body that is written by no operation, or with what is no chunk, fails its request and no other',
  async (t) => {
    const reported: string[] = [];
    const bodies: Record<string, unknown> = {
      async *'/iterable'() {},
      async '/async'() {
        throw new Error('unheard');
      },
      *'/number'(write: (chunk: unknown) => Operation<void>) {
        yield* write(5);
      },
      *'/later'(write: (chunk: unknown) => Operation<void>) {
        yield* write(Buffer.alloc(10_000_000));
        yield* write(5);
      },
    };
    await leavesNothing(t, () =>
      serving(
        function* handler(request) {
          return { body: bodies[request.path] } as Reply;
        },
        function* (server) {
          for (const path of Object.keys(bodies))
            t.truthy(
              yield* thrownBy(
                (function* () {
                  yield* (yield* fetch(server.url + path)).bytes();
                })(),
              ),
              path,
            );
          t.is(reported.length, 4);
          t.regex(reported[0]!, /^Expected `\/iterable` to return an operation, got an object of class/);
          t.regex(reported[1]!, /^Expected `\/async` to return an operation, got an object of class `Promise`/);
        },
        { onError: (error) => void reported.push((error as Error).message) },
      ),
    );
  },
);

test.serial('a length that is not that of the body cuts the connection, and is reported', async (t) => {
  const reported: unknown[] = [];
  const fields = (length: number | string): Reply => ({ headers: { 'Content-Length': length } });
  const replies: Record<string, Reply> = {
    '/short': { ...fields(100), body: 'abc' },
    '/long': { ...fields('2'), body: 'abcdef' },
    '/streamed-short': { ...fields('100'), body: (write) => write('abc') },
    '/streamed-long': { ...fields(2), body: (write) => write('abcdef') },
    // There is no room by then: it is written from an event.
    '/later': {
      ...fields(1_000_000),
      *body(write) {
        yield* write(Buffer.alloc(1_000_000));
        yield* write('abcdef');
      },
    },
    '/right': { ...fields('3'), body: 'abc' },
    '/streamed-right': { ...fields('3'), body: (write) => write('abc') },
    '/none': { ...fields(100), status: 304 },
  };
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return replies[request.path]!;
      },
      function* (server) {
        for (const path of Object.keys(replies).slice(0, 5)) {
          const answers = yield* exchange(server.port, get(path) + get('/right'));
          t.is(answers.match(/HTTP\/1\.1/g)?.length ?? 1, 1, answers);
        }
        t.deepEqual(
          reported.map((error) => (error as { code: string }).code),
          Array.from({ length: 5 }, () => 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'),
        );
        const last = 'HEAD /short HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        const answers = yield* exchange(server.port, ['/right', '/streamed-right', '/none'].map(get).join('') + last);
        t.is(answers.match(/HTTP\/1\.1 (200|304)/g)?.length, 4, answers);
        t.is(reported.length, 5);
      },
      { onError: (error) => void reported.push(error) },
    ),
  );
});

test('a length that the handler gives, in whatever letters, is the only one', (t) =>
  leavesNothing(t, () =>
    serving(
      function* given() {
        return { headers: { 'Content-Length': 5, Connection: 'close' }, body: 'whole' };
      },
      function* (server) {
        const answer = yield* exchange(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        t.is(answer.match(/content-length/gi)?.length, 1, answer);
        t.true(answer.endsWith('\r\n\r\nwhole'), answer);
      },
    ),
  ));

test('a content type that the handler gives, in whatever letters, is the only one', (t) =>
  leavesNothing(t, () =>
    serving(
      function* given({ path }) {
        const headers = { [path.slice(1)]: 'application/problem+json', connection: 'close' };
        return json({}, { headers });
      },
      function* (server) {
        for (const name of ['content-type', 'Content-Type', 'CONTENT-TYPE']) {
          const answer = yield* exchange(server.port, get(`/${name}`));
          t.deepEqual(answer.match(/^content-type: .*(?=\r)/gim), [`${name}: application/problem+json`], answer);
        }
      },
    ),
  ));

test.serial('a reply that comes in chunks has no length beside', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('whole', { headers: { 'transfer-encoding': 'chunked', connection: 'close' } });
      },
      function* (server) {
        const answer = yield* exchange(server.port, get('/'));
        t.regex(answer, /5\r\nwhole\r\n0\r\n\r\n$/);
        t.notRegex(answer, /content-length/i);
      },
    ),
  );
});

test.serial(
  'a handler for which there is too little is answered 503 with Retry-After, and nobody is told',
  async (t) => {
    const reported: unknown[] = [];
    await leavesNothing(t, () =>
      serving(
        function* handler() {
          throw new OverloadError('not now');
        },
        function* (server) {
          const { status, headers } = yield* fetch(server.url);
          t.is(status, 503);
          t.is(headers.get('retry-after'), '1');
        },
        { onError: (error) => void reported.push(error) },
      ),
    );
    t.deepEqual(reported, []);
  },
);

test.serial(
  'what a handler throws is written to the console where nobody is told, or whoever is told throws',
  async (t) => {
    const { error: print } = console;
    const printed: unknown[][] = [];
    console.error = (...values) => void printed.push(values);
    t.teardown(() => (console.error = print));
    const [fault, second] = [new RangeError('on purpose'), new TypeError('of onError')];
    const throwing = (): void => {
      throw second;
    };
    for (const options of [{}, { onError: throwing }])
      await leavesNothing(t, function* () {
        const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 200, ...options });
        const fiber = yield* spawn(() =>
          server.serve(function* handler() {
            throw fault;
          }),
        );
        t.is((yield* fetch(`${server.url}/here`)).status, 500);
        fiber.cancel();
      });
    t.deepEqual(printed, [['%s:', 'GET /here', fault], [second]]);
  },
);

test.serial('a server listens where it was told, and a response of it is as it should be or an error', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler({ path }) {
        return text(path, { status: path === '/fine' ? 299 : 300 });
      },
      function* (server) {
        t.is(server.url, `http://127.0.0.1:${server.port}`);
        const fine = yield* fetch(`${server.url}/fine`);
        t.true(fine.ok);
        t.is(fine.expectOk(), fine);
        t.is(yield* fine.text(), '/fine');
        const other = yield* fetch(`${server.url}/other`);
        t.false(other.ok);
        t.throws(() => other.expectOk(), { instanceOf: ResponseError });
        t.regex(String(yield* thrownBy(fetch(server.url, { method: 'no method' }))), /^TypeError: .*no method/);
      },
    ),
  );
});

test.serial('a server serves once', async (t) => {
  await leavesNothing(t, () =>
    serving(noReply, function* (server) {
      t.is((yield* fetch(server.url)).status, 500);
      t.throws(() => server.serve(noReply), { instanceOf: ClosedError });
    }),
  );
});

test.serial('a client that goes away cancels the fiber that serves it', async (t) => {
  const started = event();
  const ended = channel<unknown>(1);
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        try {
          started.set();
          return yield* suspend();
        } catch (error) {
          ended.trySend(error);
          throw error;
        }
      },
      function* (server) {
        const client = rawRequest({ port: server.port, host: '127.0.0.1' }).on('error', () => {});
        client.end();
        yield* started.wait();
        client.destroy();
        t.true((yield* ended.receive()) instanceof CancelledError);
        while (server.stats().active > 0) yield* sleep(1);
        t.is(server.stats().cancelled, 1);
      },
    ),
  );
});

test.serial('a client that resets in the middle of a reply leaves nothing behind', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          body: function* (write) {
            for (;;) yield* write('x'.repeat(100_000));
          },
        };
      },
      function* (server) {
        const socket: Socket = rawConnect(server.port, '127.0.0.1').on('error', () => {});
        socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
        yield* until(once(socket, 'data'));
        socket.resetAndDestroy();
        while (server.stats().active > 0) yield* sleep(1);
        t.is(server.stats().cancelled + server.stats().failed, 1);
      },
    ),
  );
});

test.serial('a slow client makes the writer wait, and memory stays bounded', async (t) => {
  await leavesNothing(t, () => {
    let written = 0;
    return serving(
      function* handler() {
        return {
          body: function* (write) {
            for (let i = 0; i < 1000; i++) {
              yield* write(Buffer.alloc(100_000));
              written += 100_000;
            }
          },
        };
      },
      function* (server) {
        const socket = rawConnect(server.port, '127.0.0.1').on('error', () => {});
        socket.pause();
        socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
        // Until the system takes no more of it.
        for (let before = -1; written === 0 || written > before; yield* sleep(50)) before = written;
        t.true(written < 20_000_000, `${written} bytes were written to a client that reads nothing`);
        socket.destroy();
      },
    );
  });
});

test.serial('fibers that write one reply wait for room, each in its turn', async (t) => {
  const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc(50_000, i));
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  let excess = 0;
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          body: function* (write) {
            yield* all(pieces.map((piece) => write(piece)));
          },
        };
      },
      function* (server) {
        server.raw.prependListener('request', (_message, response: ServerResponse) => {
          const { write } = response;
          response.write = (...args: unknown[]) => {
            const hasRoom = write.apply(response, args as never);
            excess = Math.max(excess, response.writableLength - response.writableHighWaterMark);
            return hasRoom;
          };
        });
        const body = yield* (yield* fetch(server.url)).bytes();
        t.true(body.equals(Buffer.concat(pieces)));
      },
    ),
  );
  process.off('warning', warned);
  t.true(excess < 51_000, `${excess} bytes above the mark`);
  t.deepEqual(warnings, []);
});

test.serial('what is written to a reply that is complete is an error of who writes, and ends nothing', async (t) => {
  const reported: unknown[] = [];
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          body: function* (write) {
            yield* spawn(() => write('too late'));
            yield* write('in time');
          },
        };
      },
      function* (server) {
        t.is(yield* (yield* fetch(server.url)).text(), 'in time');
        yield* eventually(() => reported.length > 0);
        t.true(reported[0] instanceof ClosedError, String(reported[0]));
      },
      { onError: (error) => void reported.push(error) },
    ),
  );
});

test.serial('an answer arrives whole, though it is the last and its request has not come whole', async (t) => {
  const big = Buffer.alloc(1_000_000);
  const asked: string[] = [];
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        asked.push(request.path);
        if (request.path === '/read') yield* request.read();
        if (request.path === '/limit') yield* request.bytes({ limit: 10 });
        if (request.path === '/refused') throw new HttpError(403, 'no');
        return { headers: { connection: 'close' }, body: big };
      },
      function* (server) {
        for (const path of ['/unread', '/read', '/limit', '/refused']) {
          const socket = rawConnect(server.port, '127.0.0.1').pause();
          const chunks: Buffer[] = [];
          const errors: unknown[] = [];
          socket.on('data', (chunk) => chunks.push(chunk)).on('error', (error) => errors.push(error));
          socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n`);
          // It reads no answer before it has sent everything, and more than that.
          const sent = until(new Promise((done) => socket.write(Buffer.alloc(8_000_000), done)));
          yield* withTimeout(30_000, sent);
          socket.write(get('/behind'));
          socket.resume();
          yield* until(once(socket, 'close'));
          const answer = Buffer.concat(chunks);
          const length = Number(/content-length: (\d+)/i.exec(String(answer.subarray(0, 500)))![1]);
          t.is(answer.length - answer.indexOf('\r\n\r\n') - 4, length);
          t.deepEqual(errors, []);
        }
      },
    ),
  );
  t.deepEqual(asked, ['/unread', '/read', '/limit', '/refused']);
});

test.serial('malformed HTTP is answered with 400 and disturbs nobody', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('fine');
      },
      function* (server) {
        t.regex(yield* exchange(server.port, 'GE\0T / HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400/);
        t.regex(yield* exchange(server.port, `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431/);
        t.is(yield* (yield* fetch(server.url)).text(), 'fine');
      },
    ),
  );
});

test.serial('keep-alive serves many requests on one connection, HEAD has no body', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('body');
      },
      function* (server) {
        const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
        const last = 'HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
        const answer = yield* exchange(server.port, get + get + last);
        t.is(answer.match(/HTTP\/1.1 200/g)?.length, 3);
        t.is(answer.match(/\r\n\r\nbody/g)?.length, 2);
        t.is(answer.match(/content-length: 4/gi)?.length, 3);
      },
    ),
  );
});

test.serial('a request without a body that fails as soon as it has come keeps its connection', async (t) => {
  await leavesNothing(t, () =>
    serving(
      noReply,
      function* (server) {
        const last = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        const answers = yield* exchange(server.port, get('/') + last);
        t.is(answers.match(/HTTP\/1\.1 404/g)?.length, 2, answers);
        const unread = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
        t.regex(yield* exchange(server.port, unread), /404 Not Found\r\n[^]*connection: close\r\n/i);
      },
      {
        goal: 60_000,
        kindOf() {
          throw new HttpError(404, 'nothing is of this kind');
        },
      },
    ),
  );
});

test.serial('a stopped server lets requests finish within its grace, and cancels the rest', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 500 });
    const latch = event();
    const serving = yield* spawn(() =>
      server.serve(function* handler(request) {
        yield* request.path === '/quick' ? latch.wait() : suspend();
        return text('done');
      }),
    );
    const quick = yield* spawn(function* () {
      return yield* (yield* fetch(`${server.url}/quick`)).text();
    });
    const slow = yield* spawn(function* () {
      try {
        return yield* (yield* fetch(`${server.url}/slow`)).text();
      } catch {
        return 'cut';
      }
    });
    yield* atWork(server, 2);
    yield* stop(server, serving);
    t.is(server.stats().active, 2);
    latch.set();
    t.is(yield* quick.join(), 'done');
    t.is(yield* slow.join(), 'cut');
    yield* thrownBy(serving.join());
    t.is(server.stats().active, 0);
  });
});

test.serial('a stopped server whose grace has no end lets all requests finish', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: Infinity });
    const latch = event();
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        yield* latch.wait();
        return text('done');
      }),
    );
    const request = yield* spawn(function* () {
      return yield* (yield* fetch(server.url)).text();
    });
    yield* atWork(server, 1);
    yield* stop(server, serving);
    latch.set();
    t.is(yield* request.join(), 'done');
  });
});

test.serial('a stopped server sends what a slow client still has to get', async (t) => {
  const size = 16 * 2 ** 20;
  const bodies = {
    '/whole': Buffer.alloc(size),
    '/pieces': function* (write: (piece: Uint8Array) => Operation<void>): Operation<void> {
      yield* write(Buffer.alloc(size));
    },
  };
  await leavesNothing(t, function* () {
    for (const [path, body] of Object.entries(bodies)) {
      const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 10_000 });
      const serving = yield* spawn(() =>
        server.serve(function* handler() {
          return { body };
        }),
      );
      const client = rawConnect(server.port, '127.0.0.1').pause();
      client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      yield* atWork(server, 1);
      yield* sleep(50);
      serving.cancel();
      yield* sleep(50);
      let received = 0;
      client.on('data', (piece) => (received += piece.length)).resume();
      yield* until(once(client, 'close'));
      t.true(received > size, `${path}: ${received} of ${size} bytes`);
    }
  });
});

test.serial('a stopped server answers all requests of a pipeline, in whatever order they are done', async (t) => {
  await leavesNothing(t, function* () {
    for (const order of [
      ['/first', '/second'],
      ['/second', '/first'],
    ]) {
      const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 10_000 });
      const latches = new Map(order.map((path) => [path, event()]));
      const serving = yield* spawn(() =>
        server.serve(function* handler(request) {
          yield* latches.get(request.path)!.wait();
          return text(`after ${request.path};`);
        }),
      );
      const answers = yield* spawn(() => exchange(server.port, get('/first') + get('/second')));
      yield* atWork(server, 2);
      yield* stop(server, serving);
      for (const [done, path] of order.entries()) {
        latches.get(path)!.set();
        while (server.stats().served === done) yield* sleep(1);
      }
      t.regex(yield* answers.join(), /after \/first;.*after \/second;/s);
    }
  });
});

test.serial('a stopped server closes the connection of a request that fails', async (t) => {
  await leavesNothing(t, function* () {
    const options = { host: '127.0.0.1', port: 0, grace: 60_000, node: { keepAliveTimeout: 60_000 } };
    const server = yield* listen(options);
    const latch = event();
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        yield* latch.wait();
        throw new HttpError(404, 'not any more');
      }),
    );
    const answer = yield* spawn(() => exchange(server.port, get('/')));
    yield* atWork(server, 1);
    yield* stop(server, serving);
    latch.set();
    t.regex(yield* withTimeout(10_000, answer.join()), /404 Not Found[^]*not any more/);
  });
});

test.serial(
  'a stopped server closes the connection of a request that is at work longer than its response',
  async (t) => {
    await leavesNothing(t, function* () {
      const options = { host: '127.0.0.1', port: 0, grace: 60_000, node: { keepAliveTimeout: 6000 } };
      const server = yield* listen(options);
      const latch = event();
      const serving = yield* spawn(() =>
        server.serve(function* handler() {
          yield* latch.wait();
          yield* spawn(() => sleep(100));
          return text('done');
        }),
      );
      const answer = yield* spawn(() => exchange(server.port, get('/')));
      yield* atWork(server, 1);
      yield* stop(server, serving);
      latch.set();
      const began = now();
      t.regex(yield* answer.join(), /200 OK[^]*done/);
      yield* thrownBy(serving.join());
      t.true(now() < began + 5000, 'it did not wait for the connection to time out');
    });
  },
);

test.serial('a client that goes away cancels all requests of its pipeline', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/body') yield* request.bytes();
        if (request.path !== '/big') yield* suspend();
        return { body: Buffer.alloc(2 ** 20) };
      },
      function* (server) {
        const client = rawConnect(server.port, '127.0.0.1');
        const withBody = 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok';
        client.write(get('/first') + get('/second') + withBody + get('/big'));
        while (server.stats().active < 4) yield* sleep(1);
        yield* sleep(20);
        client.destroy();
        while (server.stats().active > 0) yield* sleep(1);
        t.is(server.stats().cancelled, 4);
      },
    ),
  );
});

test.serial(
  'a client that goes away cancels its requests also when there were so many that no more were read',
  async (t) => {
    await leavesNothing(t, () =>
      serving(
        function* handler(request) {
          if (request.path !== '/done') yield* suspend();
          return text('done');
        },
        function* (server) {
          const client = rawConnect(server.port, '127.0.0.1').on('error', () => {});
          client.write(get('/done') + get('/wait').repeat(150));
          while (server.stats().active < 150) yield* sleep(1);
          yield* sleep(20);
          client.destroy();
          yield* eventually(() => server.stats().active === 0);
          t.is(server.stats().cancelled, 150);
        },
        { node: { headersTimeout: 100 } },
      ),
    );
  },
);

test('a client that has more time than a timer can take is not taken for one that has gone at once', async (t) => {
  const socket = { server: { headersTimeout: 2 ** 40 }, bytesWritten: 0, pause() {}, destroy: () => t.fail() };
  const pipelined = Object.assign(new EventEmitter(), socket) as unknown as Socket;
  for (let i = 0; i < 100; i++) waitsBehind(new EventEmitter() as ServerResponse, pipelined);
  await run(() => sleep(20));
  pipelined.emit('close');
  t.pass();
});

test('a client that was sent something meanwhile is not taken for one that has gone', async (t) => {
  let looks = 0;
  const socket = Object.assign(new EventEmitter(), { server: { headersTimeout: 1 }, pause() {}, destroy() {} });
  Object.defineProperty(socket, 'bytesWritten', { get: () => Math.min(++looks, 4) });
  const hungUp = new Promise<void>((resolve) => (socket.destroy = resolve));
  for (let i = 0; i < 100; i++) waitsBehind(new EventEmitter() as ServerResponse, socket as unknown as Socket);
  // Nothing else keeps this process.
  const alive = setInterval(() => {}, 1000);
  await hungUp;
  clearInterval(alive);
  // At the beginning, and then when time was up: two more times, and each time there was more, also when it was noted.
  t.is(looks, 6);
});

test.serial(
  'a stopped server sends all replies that were done, however many of them the client has not read',
  async (t) => {
    await leavesNothing(t, function* () {
      const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 10_000, node: { keepAliveTimeout: 60_000 } });
      const size = 15_000;
      const serving = yield* spawn(() =>
        server.serve(function* handler() {
          return { body: Buffer.alloc(size) };
        }),
      );
      let connection: Socket | undefined;
      server.raw.once('connection', (socket) => (connection = socket));
      const client = rawConnect(server.port, '127.0.0.1').pause();
      const began = now();
      // Until what was answered does not fit into the system's buffers any more.
      do {
        client.write(get('/').repeat(200));
        yield* sleep(50);
      } while (connection === undefined || connection.writableLength === 0);
      const { served } = server.stats();
      serving.cancel();
      yield* sleep(20);
      let received = 0;
      client.on('data', (piece) => (received += piece.length)).resume();
      yield* until(once(client, 'close'));
      t.true(served > 0 && received > served * size, `${received} bytes of ${served} replies of ${size}`);
      t.true(now() < began + 9000, 'it was not cut at the end of the grace');
    });
  },
);

test.serial('a reply that is under way when its server stops tells its client that it is the last', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0 });
    const latch = event();
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        yield* latch.wait();
        return text('the last');
      }),
    );
    const answer = yield* spawn(() => exchange(server.port, get('/')));
    yield* atWork(server, 1);
    yield* stop(server, serving);
    latch.set();
    t.regex(yield* answer.join(), /Connection: close[^]*the last/i);
    yield* thrownBy(serving.join());
  });
});

test.serial('with a goal, too, a stopped server answers what comes on a connection that is open still', async (t) => {
  await leavesNothing(t, function* () {
    const options = { goal: 500, grace: 10_000, node: { keepAliveTimeout: 60_000 } };
    const server = yield* listen({ host: '127.0.0.1', port: 0, ...options });
    const latch = event();
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        yield* latch.wait();
        return text('the last');
      }),
    );
    const client = rawConnect(server.port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    client.on('data', (piece: string) => (received += piece)).write(get('/first'));
    yield* atWork(server, 1);
    yield* stop(server, serving);
    const closed = once(client, 'close');
    const asked = once(server.raw, 'request');
    client.write(get('/second'));
    yield* until(asked);
    latch.set();
    yield* withTimeout(10_000, until(closed));
    t.regex(received, /200 OK[^]*the last[^]*200 OK[^]*Connection: close[^]*the last/i);
  });
});

test.serial('a client that does not read its last reply holds up a stopped server for the grace alone', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 100 });
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        return { body: Buffer.alloc(2 ** 24) };
      }),
    );
    const client = rawConnect(server.port, '127.0.0.1').pause();
    client.on('error', () => {}).write(get('/'));
    yield* atWork(server, 1);
    serving.cancel();
    yield* withTimeout(5000, thrownBy(serving.join()));
    client.destroy();
    t.pass();
  });
});

/** A client of HTTPS that is connected and has got as far as `how`; resolves to nothing but its socket. */
function* half(server: HttpServer, how: 'connected' | 'shaken' | 'upgraded'): Operation<Socket> {
  const socket: Socket =
    how === 'connected'
      ? rawConnect(server.port, '127.0.0.1')
      : connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => {}).resume();
  yield* until(once(socket, how === 'connected' ? 'connect' : 'secureConnect'));
  if (how === 'upgraded') {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    yield* until(once(server.raw, 'upgrade'));
  } else yield* sleep(20);
  return socket;
}

test.serial('connections on which nothing has come yet do not hold up a stopped server for its grace', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 60_000, tls: localhost });
    const serving = yield* spawn(() => server.serve(noReply));
    const clients = [yield* half(server, 'connected'), yield* half(server, 'shaken')];
    serving.cancel();
    yield* withTimeout(20_000, thrownBy(serving.join()));
    yield* eventually(() => clients.every((client) => client.closed));
    t.pass();
  });
});

test.serial('a client that connected just before the server stopped is still answered', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 60_000 });
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        return text('welcome');
      }),
    );
    const socket = rawConnect(server.port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    socket.on('data', (chunk: string) => (received += chunk)).on('error', () => {});
    yield* until(once(server.raw, 'connection'));
    const gone = once(socket, 'close');
    yield* stop(server, serving);
    socket.write(get('/'));
    yield* until(gone);
    if (yield* closesSilent()) t.is(received, '');
    else t.regex(received, /welcome/);
    yield* thrownBy(serving.join());
  });
});

/** Whether the `close` of Node's own server closes a connection on which nothing has come, as from Node 26 on. */
function* closesSilent(): Operation<boolean> {
  const server = createRawServer().listen(0, '127.0.0.1');
  yield* until(once(server, 'listening'));
  const client = rawConnect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  yield* until(once(server, 'connection'));
  server.close();
  yield* sleep(50);
  const closes = client.closed;
  client.destroy();
  return closes;
}

test.serial('after its grace a stopped server closes connections that were upgraded, too', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 50, tls: localhost });
    server.raw.on('upgrade', (_message, socket) => socket.on('error', () => {}).resume());
    const serving = yield* spawn(() => server.serve(noReply));
    const client = yield* half(server, 'upgraded');
    serving.cancel();
    yield* withTimeout(20_000, thrownBy(serving.join()));
    yield* eventually(() => client.closed);
    t.pass();
  });
});

test.serial('a listen that is cancelled while its host is looked up leaves nothing open', async (t) => {
  const { lookup } = dns;
  t.teardown(() => (dns.lookup = lookup));
  let answer: (() => void) | undefined;
  dns.lookup = ((...args: Parameters<typeof lookup>) => (answer = () => lookup(...args))) as unknown as typeof lookup;
  await leavesNothing(t, function* () {
    const fiber = yield* spawn(() => listen({ host: 'localhost', port: 0 }));
    while (answer === undefined) yield* yieldNow();
    fiber.cancel();
    t.true((yield* thrownBy(fiber.join())) instanceof FiberCancelledError);
    answer();
    yield* sleep(50);
  });
});

test.serial('a server that can accept no more answers what it has, closes, and says why', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0 });
    let error: unknown;
    const latch = event();
    const serving = yield* spawn(function* () {
      error = yield* thrownBy(
        server.serve(function* handler() {
          yield* latch.wait();
          return text('the last');
        }),
      );
    });
    const answer = yield* spawn(() => exchange(server.port, get('/')));
    yield* atWork(server, 1);
    server.raw.emit('error', Object.assign(new Error('accept EBADF'), { code: 'EBADF' }));
    latch.set();
    t.regex(yield* answer.join(), /the last/);
    yield* serving.join();
    t.true(error instanceof IoError);
    t.is((error as IoError).system, 'EBADF');
    t.throws(() => server.serve(noReply), { is: error as Error });
  });
});

test.serial('a server that is closed answers what it has, and ends serving', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0 });
    const latch = event();
    const serving = yield* spawn(() =>
      thrownBy(
        server.serve(function* handler() {
          yield* latch.wait();
          return text('the last');
        }),
      ),
    );
    const answer = yield* spawn(() => exchange(server.port, get('/')));
    yield* atWork(server, 1);
    server.close();
    latch.set();
    t.regex(yield* answer.join(), /the last/);
    t.true((yield* withTimeout(10_000, serving.join())) instanceof ClosedError);
    t.throws(() => server.serve(noReply), { instanceOf: ClosedError });

    const other = yield* listen({ host: '127.0.0.1', port: 0 });
    const begun = other.serve(noReply);
    other.close();
    t.true((yield* thrownBy(withTimeout(10_000, begun))) instanceof ClosedError);
  });
});

test.serial('a server that could not accept a connection goes on', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('on');
      },
      function* (server) {
        for (const code of ['EMFILE', 'ECONNABORTED', 'ENETUNREACH'])
          server.raw.emit('error', Object.assign(new Error(`accept ${code}`), { code }));
        t.is(yield* (yield* fetch(server.url)).text(), 'on');
      },
    ),
  );
});

test.serial('a server that is closed still knows where it listened', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0 });
    const { port, url } = server;
    server.close();
    t.is(server.port, port);
    t.is(server.url, url);
    t.is(url, `http://127.0.0.1:${port}`);
  });
});

test.serial('a port in use is an error with the code of the system', async (t) => {
  await leavesNothing(t, function* () {
    const first = yield* listen({ host: '127.0.0.1', port: 0 });
    try {
      yield* listen({ host: '127.0.0.1', port: first.port });
      t.fail();
    } catch (error) {
      t.is((error as { system?: string }).system, 'EADDRINUSE');
      t.regex(String(error), /http\.listen/);
    }
    first.close();
    first.close();
  });
});

test.serial('fetch reports a refused connection with the code of the system', async (t) => {
  await leavesNothing(t, function* () {
    const closed = yield* listen({ host: '127.0.0.1', port: 0 });
    const { url } = closed;
    closed.close();
    try {
      yield* fetch(url);
      t.fail();
    } catch (error) {
      t.is((error as { system?: string }).system, 'ECONNREFUSED');
    }
  });
});

test.serial('fetch says which version of undici its dispatcher has to be of', async (t) => {
  const invalid = Object.assign(new Error('invalid onRequestStart method'), { code: 'UND_ERR_INVALID_ARG' });
  const dispatcher = {
    dispatch() {
      throw invalid;
    },
  };
  await leavesNothing(t, function* () {
    const error = yield* thrownBy(fetch('http://localhost/', { dispatcher } as object));
    t.regex(String(error), /^IoError: http.fetch: UND_ERR_INVALID_ARG .*`npm install undici@7`/);
  });
});

test('a body that fails with what is no error is thrown as it is', (t) =>
  run(function* () {
    for (const reason of [undefined, null, 'broken']) {
      const response = new Response(new ReadableStream({ start: (controller) => controller.error(reason) }));
      t.is(yield* thrownBy(new ClientResponse(response, () => {}).read()), reason);
    }
  }));

test.serial('with its fiber a fetch is cancelled, and the reading of a body: the server learns of it', async (t) => {
  const began = channel<string>(2);
  const ended = channel<unknown>(2);
  await leavesNothing(t, () =>
    serving(
      function* handler({ path }) {
        function* wait(): Operation<never> {
          try {
            began.trySend(path);
            return yield* suspend();
          } catch (error) {
            ended.trySend(error);
            throw error;
          }
        }
        if (path === '/head') return yield* wait();
        return {
          body: function* (write) {
            yield* write('some of it');
            yield* wait();
          },
        };
      },
      function* (server) {
        const fetching = yield* spawn(() => fetch(`${server.url}/head`));
        t.is(yield* began.receive(), '/head');
        fetching.cancel();
        t.true((yield* ended.receive()) instanceof CancelledError);

        const response = yield* fetch(`${server.url}/body`);
        t.is(String(Buffer.from((yield* response.read())!)), 'some of it');
        t.is(yield* began.receive(), '/body');
        const reading = yield* spawn(() => response.read());
        yield* yieldNow();
        reading.cancel();
        t.true((yield* ended.receive()) instanceof CancelledError);
        t.is(yield* failureOf(response.read()), 'ERR_HEDDLE_CLOSED');
      },
    ),
  );
});

test.serial('a response belongs to the scope that asked for it, and not to a timeout around the asking', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('body');
      },
      function* (server) {
        const response = yield* withTimeout(10_000, fetch(server.url));
        t.is(yield* response.text(), 'body');
        const gone = yield* scope(function* () {
          return yield* fetch(server.url);
        });
        t.is(yield* failureOf(gone.text()), 'ERR_HEDDLE_CLOSED');
      },
    ),
  );
});

test.serial(
  'responses that were read to their end, or have no body, leave nothing behind in a long-lived scope',
  async (t) => {
    await leavesNothing(t, () =>
      serving(
        function* handler({ path }) {
          return path === '/' ? text('body') : { status: 204 };
        },
        (server) =>
          scope(function* (work) {
            for (const [path, method] of [
              ['/', 'GET'],
              ['/', 'HEAD'],
              ['/empty', 'GET'],
            ] as const) {
              const response = yield* fetch(server.url + path, { method });
              t.is(yield* response.text(), method === 'GET' && path === '/' ? 'body' : '');
            }
            t.is((work as unknown as { cleanups: Set<unknown> }).cleanups.size, 0);
          }),
      ),
    );
  },
);

test.serial('a server, or a response, for a scope that has ended meanwhile is closed and refused', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          body: function* (write) {
            for (;;) yield* write('x'.repeat(65_536));
          },
        };
      },
      function* (server) {
        const late = yield* scope(function* () {
          return { server: listen({ host: '127.0.0.1', port: 0 }), response: fetch(server.url) };
        });
        for (const operation of [late.server, late.response])
          t.is(yield* failureOf(operation), 'ERR_HEDDLE_SCOPE_CLOSED');
        while (server.stats().active > 0) yield* sleep(1);
      },
    ),
  );
});

function* failureOf(operation: Operation<unknown>): Operation<unknown> {
  try {
    yield* operation;
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'no failure';
}

test.serial('a request that comes before the server serves is answered once it does', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 100 });
    const client = yield* spawn(function* () {
      return yield* (yield* fetch(server.url)).text();
    });
    yield* sleep(50);
    const serving = yield* spawn(() =>
      server.serve(function* handler() {
        return text('at last');
      }),
    );
    t.is(yield* withTimeout(10_000, client.join()), 'at last');
    serving.cancel();
  });
});

test.serial('with a certificate it serves HTTPS', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return text('sealed');
      },
      function* (server) {
        t.regex(server.url, /^https:/);
        const request = secureRequest({ port: server.port, host: 'localhost', ca: localhost.cert, agent: false }).end();
        const [response] = (yield* until(once(request, 'response'))) as [IncomingMessage];
        t.is(String(yield* readAll(response)), 'sealed');
      },
      { host: 'localhost', tls: localhost },
    ),
  );
});

test.serial('the options of TLS and the host that Node refuses are an IoError', async (t) => {
  await leavesNothing(t, function* () {
    for (const options of [{ tls: { key: 'none', cert: 'none' } }, { host: 'a\0b' }])
      t.like(yield* thrownBy(listen(options)), { operation: 'http.listen' });
  });
});

test.serial('a body is read on in another scope where it was left', async (t) => {
  let client!: Socket;
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        const first = yield* scope(() => request.read());
        yield* scope(function* () {
          t.is(yield* moveOnAfter(1, request.bytes()), undefined);
        });
        client.write('two');
        return text(`${String(first)} ${yield* withTimeout(10_000, request.text())}`);
      },
      function* (server) {
        client = rawConnect(server.port, '127.0.0.1');
        client.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\none');
        t.regex(String(yield* readAll(client)), /one two$/);
      },
    ),
  );
});

test.serial('a body that is given up while a fiber reads it has not come to its end', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler() {
        return {
          body: function* (write) {
            yield* write('half');
            yield* suspend();
          },
        };
      },
      function* (server) {
        const response = yield* fetch(server.url);
        t.is(Buffer.from((yield* response.read())!).toString(), 'half');
        const reading = yield* spawn(() => thrownBy(response.text()));
        yield* yieldNow();
        response.cancel();
        t.true((yield* reading.join()) instanceof ClosedError);
        t.true((yield* thrownBy(response.read())) instanceof ClosedError);
      },
    ),
  );
});

for (const [early, secure] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const)
  test.serial(
    `of a client that waits for no answer some requests are read at a time, ${early ? 'before and ' : ''}while the server serves${secure ? ', over TLS' : ''}`,
    async (t) => {
      await leavesNothing(t, function* () {
        const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 100, ...(secure && { tls: localhost }) });
        const latch = event();
        let begun = 0;
        const serve = (): Operation<void> =>
          server.serve(function* handler(request) {
            begun++;
            t.is(yield* request.text(), 'ok');
            yield* latch.wait();
            return text(`${request.path} `);
          });
        const place = { host: '127.0.0.1', port: server.port };
        const client = secure
          ? connectTls({ ...place, ca: localhost.cert, servername: 'localhost' })
          : rawConnect(place);
        const count = 20_000;
        let received = '';
        client.setEncoding('latin1').on('data', (piece: string) => (received = received.slice(-100) + piece));
        client.on('error', () => {});
        const post = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok`;
        client.write(post('/').repeat(count - 1) + post('/last'));
        if (early) yield* sleep(50);
        const fiber = yield* spawn(serve);
        let seen = 0;
        for (let still = 0; still < 20; still = begun > seen ? 0 : still + (begun > 0 ? 1 : 0)) {
          seen = begun;
          yield* sleep(5);
        }
        t.true(begun < count / 4, `${begun} of ${count}`);
        latch.set();
        while (!received.includes('/last')) yield* sleep(5);
        t.is(begun, count);
        client.destroy();
        fiber.cancel();
      });
    },
  );

test.serial('a request is answered behind one whose body was read in part', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.path === '/part') yield* request.read();
        return text(request.path);
      },
      function* (server) {
        const length = 1_000_000;
        const part = `POST /part HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`;
        const last = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
        t.regex(yield* withTimeout(10_000, exchange(server.port, part + last)), /\/part[^]*\/last$/);
      },
    ),
  );
});

test.serial('over TLS a client may send hundreds of requests before it reads an answer, also early', async (t) => {
  const warnings: string[] = [];
  const warned = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warned);
  t.teardown(() => process.off('warning', warned));
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 100, tls: localhost });
    const client = connectTls({ host: '127.0.0.1', port: server.port, ca: localhost.cert, servername: 'localhost' });
    client.write(get('/').repeat(1000) + 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    yield* sleep(50);
    const serving = yield* spawn(() =>
      server.serve(function* handler(request) {
        yield* yieldNow();
        return text(request.path);
      }),
    );
    t.regex(String(yield* readAll(client)), /\/last$/);
    t.deepEqual(warnings, []);
    serving.cancel();
  });
});

test.serial('over TLS a client may send further requests while a reply waits for it to read', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        if (request.method === 'GET') return { body: 'x'.repeat(20_000_000) };
        return text(`${(yield* request.bytes()).length};`);
      },
      function* (server) {
        const { port } = server;
        const client = connectTls({ host: '127.0.0.1', port, ca: localhost.cert, servername: 'localhost' });
        const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n';
        const body = 'q'.repeat(70_000);
        client.write(get('/'));
        yield* atWork(server, 1);
        yield* sleep(10);
        client.write(`${head}\r\n${body}${head}\r\n${body}${head}Connection: close\r\n\r\n${body}`);
        yield* sleep(10);
        t.is(String(yield* readAll(client)).match(/70000;/g)?.length, 3);
      },
      { tls: localhost },
    ),
  );
});

test.serial('over TLS a connection on which requests came before a reply had left is read on', async (t) => {
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        return text(request.path === '/long' ? 'x'.repeat(20_000_000) : 'short;');
      },
      function* (server) {
        const { port } = server;
        const client = connectTls({ host: '127.0.0.1', port, ca: localhost.cert, servername: 'localhost' });
        client.write(get('/long'));
        yield* atWork(server, 1);
        client.write(get('/'));
        yield* sleep(10);
        let seen = '';
        client.on('error', () => {});
        client.setEncoding('latin1').on('data', (data: string) => (seen += data.replaceAll('x', '')));
        yield* eventually(() => seen.match(/short;/g)?.length === 1);
        client.write(get('/'));
        yield* eventually(() => seen.match(/short;/g)?.length === 2);
        client.destroy();
      },
      { tls: localhost },
    ),
  );
});

test.serial('a body that is still read after the reply breaks with its connection', async (t) => {
  const told: unknown[] = [];
  await leavesNothing(t, () =>
    serving(
      function* handler(request) {
        yield* request.read();
        yield* spawn(() => request.bytes());
        return text('taken\n', { status: 202, headers: { connection: request.path.slice(1) } });
      },
      function* (server) {
        for (const connection of ['keep-alive', 'close']) {
          const client = rawConnect(server.port, '127.0.0.1');
          client.write(`POST /${connection} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf`);
          yield* until(once(client, 'data'));
          t.is(server.stats().active, 1);
          client.destroy();
          yield* eventually(() => server.stats().active === 0);
        }
      },
      { onError: (error) => told.push((error as IoError).system) },
    ),
  );
  t.deepEqual(told, ['ECONNRESET', 'ECONNRESET']);
});

for (const [how, answer] of [
  ['that is cancelled', () => {}],
  ['whose server has answered early', (_: unknown, response: ServerResponse) => void response.end('early')],
] as const)
  test.serial(`a \`fetch\` ${how} ends the stream that it was sending, and its scope ends`, async (t) => {
    const server = createRawServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await run(() =>
      scope(function* () {
        const body = toWebStream(function* (push) {
          for (;;) yield* push(new Uint8Array(1000));
        });
        const sent = fetch(url, { method: 'POST', duplex: 'half', body });
        const answered = yield* moveOnAfter(200, sent);
        if (answered !== undefined) t.is(yield* answered.text(), 'early');
      }),
    );
    t.pass();
    server.closeAllConnections();
    server.close();
  });

test('an HttpError has the form of those of `http-errors`, by which Koa and Nest know an answer', (t) => {
  const error = new HttpError(422, 'no such item');
  t.like(error, { status: 422, statusCode: 422, expose: true });
  t.notRegex(inspect(error), /statusCode|expose/);
  // As Koa does.
  (error as { statusCode: number }).statusCode = 500;
  t.is(error.statusCode, 500);
});
