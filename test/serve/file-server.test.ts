import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { spawn, until, type Operation } from 'heddle';
import { listen } from 'heddle/http';
import { fileServer, type FileServerOptions } from '#src/serve/file-server.js';
import { leavesNothing } from '../support/leaks.js';

const directory = mkdtempSync(join(tmpdir(), 'heddle-files-'));
const root = join(directory, 'root');
const LARGE = Buffer.alloc(400_000, 'abcdefghij');
mkdirSync(join(root, 'with-index'), { recursive: true });
mkdirSync(join(root, 'plain'));
writeFileSync(join(directory, 'secret.txt'), 'secret');
writeFileSync(join(root, 'hello.txt'), 'hello world');
writeFileSync(join(root, 'empty.txt'), '');
writeFileSync(join(root, 'large.bin'), LARGE);
writeFileSync(join(root, 'page.html'), '<p>page');
writeFileSync(join(root, 'with-index', 'index.html'), '<p>index');
writeFileSync(join(root, 'plain', 'a b<c>.txt'), 'odd name');
symlinkSync(join(directory, 'secret.txt'), join(root, 'link-out.txt'));
symlinkSync(join(root, 'hello.txt'), join(root, 'link-in.txt'));
symlinkSync('loop', join(root, 'loop'));
execFileSync('mkfifo', [join(root, 'pipe')]);
utimesSync(join(root, 'hello.txt'), 1_700_000_000, 1_700_000_000.5);
test.after.always(() => rmSync(directory, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends a request whose path is not normalised on the way, as a client of ill will can. */
type Get = (path: string, headers?: Record<string, string>, method?: string) => Operation<Answer>;

function serving(client: (get: Get) => Operation<void>, options?: FileServerOptions): () => Operation<void> {
  return function* () {
    const handler = yield* fileServer(root, options);
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 100 });
    const fiber = yield* spawn(() => server.serve(handler));
    yield* client(function* (path, headers = {}, method = 'GET') {
      const socket = connect(server.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${lines.join('')}\r\n`);
      yield* until(once(socket, 'close'));
      return parse(Buffer.concat(chunks).toString('latin1'));
    });
    fiber.cancel();
  };
}

function parse(answer: string): Answer {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: answer.slice(end + 4) };
}

test.serial('serves files with type, length, tag and date; HEAD without a body', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      const file = yield* get('/hello.txt?x=1');
      t.is(file.status, 200);
      t.is(file.body, 'hello world');
      t.is(file.headers['content-type'], 'text/plain; charset=utf-8');
      t.is(file.headers['content-length'], '11');
      t.is(file.headers['last-modified'], 'Tue, 14 Nov 2023 22:13:20 GMT');
      const head = yield* get('/hello.txt', {}, 'HEAD');
      t.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '11']);
      t.is((yield* get('/page.html')).headers['content-type'], 'text/html; charset=utf-8');
      t.is((yield* get('/empty.txt')).headers['content-length'], '0');
      t.is((yield* get('/large.bin')).body, LARGE.toString('latin1'));
      t.is((yield* get('/link-in.txt')).body, 'hello world');
    }),
  );
});

test.serial('answers conditional requests: a fresh copy is not sent again', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      const { etag = '', 'last-modified': modified = '' } = (yield* get('/hello.txt')).headers;
      for (const headers of [
        { 'if-none-match': etag },
        { 'if-none-match': `"other", W/${etag}` },
        { 'if-none-match': '*' },
        { 'if-modified-since': modified },
      ]) {
        const answer = yield* get('/hello.txt', headers);
        t.deepEqual([answer.status, answer.body], [304, ''], JSON.stringify(headers));
      }
      t.is((yield* get('/hello.txt', { 'if-none-match': '"other"', 'if-modified-since': modified })).status, 200);
      t.is((yield* get('/hello.txt', { 'if-modified-since': 'Mon, 13 Nov 2023 00:00:00 GMT' })).status, 200);
      t.is((yield* get('/hello.txt', { 'if-modified-since': 'rubbish' })).status, 200);
    }),
  );
});

test.serial('answers ranges: parts, suffixes, the unsatisfiable, and ignores what is malformed', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      const part = yield* get('/hello.txt', { range: 'bytes=2-4' });
      t.deepEqual([part.status, part.body, part.headers['content-range']], [206, 'llo', 'bytes 2-4/11']);
      t.is((yield* get('/hello.txt', { range: 'bytes=6-' })).body, 'world');
      t.is((yield* get('/hello.txt', { range: 'bytes=-5' })).body, 'world');
      t.is((yield* get('/hello.txt', { range: 'bytes=0-999' })).body, 'hello world');
      t.is((yield* get('/large.bin', { range: 'bytes=10-299999' })).body, LARGE.toString('latin1', 10, 300_000));
      const beyond = yield* get('/hello.txt', { range: 'bytes=11-' });
      t.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */11']);
      t.is((yield* get('/hello.txt', { range: 'bytes=-0' })).status, 416);
      for (const range of ['bytes=4-2', 'bytes=a-b', 'lines=1-2', 'bytes=-', 'bytes=0-1,3-4'])
        t.is((yield* get('/hello.txt', { range })).status, 200, range);
      const head = yield* get('/hello.txt', { range: 'bytes=2-4' }, 'HEAD');
      t.deepEqual([head.status, head.headers['content-length']], [200, '11']);
      const { etag = '' } = part.headers;
      t.is((yield* get('/hello.txt', { range: 'bytes=0-1', 'if-range': etag })).status, 206);
      t.is((yield* get('/hello.txt', { range: 'bytes=0-1', 'if-range': '"other"' })).status, 200);
      const { 'last-modified': modified = '' } = part.headers;
      t.is((yield* get('/hello.txt', { range: 'bytes=0-1', 'if-range': modified })).status, 206);
      for (const other of ['Mon, 13 Nov 2023 00:00:00 GMT', 'Wed, 15 Nov 2023 00:00:00 GMT', 'rubbish'])
        t.is((yield* get('/hello.txt', { range: 'bytes=0-1', 'if-range': other })).status, 200, other);
    }),
  );
});

test.serial('nothing outside of the root can be reached', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      for (const path of [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/plain/../../secret.txt',
        '/plain/%2e%2e%2f%2e%2e%2fsecret.txt',
        '//etc/passwd',
        join(directory, 'secret.txt'),
        '/link-out.txt',
        '/hello.txt%00.html',
        '/%',
        '/loop',
        '/pipe',
        '/missing',
        '/hello.txt/more',
        `/${'x'.repeat(5000)}`,
      ]) {
        const answer = yield* get(path);
        t.is(answer.status, 404, path);
        t.false(answer.body.includes('secret'));
      }
    }),
  );
});

test.serial('directories: an index, a listing with escaped names, a redirect to the trailing slash', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      t.is((yield* get('/with-index/')).body, '<p>index');
      const redirected = yield* get('/with-index');
      t.deepEqual([redirected.status, redirected.headers['location']], [301, '/with-index/']);
      t.is((yield* get('/with-index?a=%2f&b')).headers['location'], '/with-index/?a=%2f&b');
      t.is((yield* get('//with-index')).headers['location'], '/with-index/');
      t.is((yield* get('/\\a/..%2fwith-index')).headers['location'], '/a/..%2fwith-index/');
      const listing = yield* get('/plain/');
      t.true(listing.body.includes('href="./a%20b%3Cc%3E.txt"'));
      t.true(listing.body.includes('../'));
      t.false((yield* get('/')).body.includes('../'), 'nothing is above the root');
      t.true(listing.body.includes('a b&#60;c&#62;.txt'));
      t.true((yield* get('/')).body.includes('with-index/'));
    }),
  );
});

test.serial('what begins with a dot is not there, unless it is asked for', async (t) => {
  mkdirSync(join(root, 'dots', '.git'), { recursive: true });
  writeFileSync(join(root, 'dots', '.env'), 'SECRET=1');
  writeFileSync(join(root, 'dots', '.git', 'config'), '[core]');
  writeFileSync(join(root, 'dots', 'a.b..txt'), 'visible');
  const hidden = ['/dots/.env', '/dots/%2eenv', '/dots/.git/config', '/dots/.git/', '/dots/.git', '/dots/x/..%2f.env'];
  await leavesNothing(
    t,
    serving(function* (get) {
      for (const path of hidden) t.is((yield* get(path)).status, 404, path);
      t.is((yield* get('/dots/a.b..txt')).body, 'visible');
      t.is((yield* get('/dots/./a.b..txt')).body, 'visible');
      const { body } = yield* get('/dots/');
      t.regex(body, /a\.b\.\.txt/);
      t.notRegex(body, /\.env|\.git/);
    }),
  );
  await leavesNothing(
    t,
    serving(
      function* (get) {
        t.is((yield* get('/dots/.env')).body, 'SECRET=1');
        t.is((yield* get('/dots/.git/config')).body, '[core]');
        t.regex((yield* get('/dots/')).body, /\.git\//);
      },
      { hidden: true },
    ),
  );
});

test.serial('other methods are refused with what is allowed', async (t) => {
  await leavesNothing(
    t,
    serving(function* (get) {
      const answer = yield* get('/hello.txt', {}, 'DELETE');
      t.deepEqual([answer.status, answer.headers['allow']], [405, 'GET, HEAD']);
    }),
  );
});

test.serial('a client that leaves in the middle of a large file leaves no file open', async (t) => {
  await leavesNothing(t, function* () {
    const server = yield* listen({ host: '127.0.0.1', port: 0, grace: 0 });
    const fiber = yield* spawn(server.serve.bind(server), yield* fileServer(root));
    writeFileSync(join(root, 'huge.bin'), Buffer.alloc(30_000_000));
    for (let i = 0; i < 10; i++) {
      const socket = connect(server.port, '127.0.0.1').on('error', () => {});
      socket.write('GET /huge.bin HTTP/1.1\r\nhost: a\r\n\r\n');
      yield* until(once(socket, 'data'));
      socket.resetAndDestroy();
    }
    fiber.cancel();
  });
});
