import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { heddle } from './command.js';

const directory = mkdtempSync(join(tmpdir(), 'heddle-programs-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, source: string): string {
  const path = join(directory, name);
  writeFileSync(path, source);
  return path;
}

test('a directory or a program that is not there is an error in one line', async (t) => {
  for (const [command, missing, path] of [
    ['serve', 'directory `.*` to serve', '/nowhere/at-all'],
    ['serve', 'directory `.*` to serve', program('file', '')],
    ['run', 'file `.*` to run', '/nowhere/at-all'],
    ['run', 'file `.*` to run', directory],
  ] as const) {
    const { code, stderr } = await heddle([command, path]);
    t.is(code, 1);
    t.regex(stderr, new RegExp(`^heddle: There is no ${missing}\n$`));
  }
});

test('serve serves a directory, with the live page beside it, until it is told to stop', async (t) => {
  const command = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [command, 'serve', 'docs', '--port', '0', '--inspect-port', '0']);
  t.teardown(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const [files, graph] = [await lines.next(), await lines.next()].map(({ value }) => /http:\S+/.exec(value)![0]);
  const page = await fetch(`${files}/semantics.md`);
  t.is(await page.text(), readFileSync('docs/semantics.md', 'utf8'));
  t.regex(await (await fetch(graph!)).text(), /<html/);
  child.kill('SIGTERM');
  t.is((await ended)[0], 143);
});

/** The status of a request under another name. */
async function statusFor(url: string, host: string): Promise<number | undefined> {
  const [answer] = (await once(get(url, { agent: false, headers: { host } }), 'response')) as [IncomingMessage];
  answer.destroy();
  return answer.statusCode;
}

test('serve answers on the loopback interface only who names it, elsewhere everybody', async (t) => {
  const command = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  for (const [host, others] of [
    ['127.0.0.1', 403],
    ['localhost', 403],
    ['0.0.0.0', 200],
  ] as const) {
    const options = ['--host', host, '--port', '0', '--inspect-port', '0'];
    const child = spawn(process.execPath, [command, 'serve', 'docs', ...options]);
    const ended = once(child, 'exit');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const url = new URL(/http:\S+/.exec((await lines.next()).value!)![0]);
    if (host === '0.0.0.0') url.hostname = '127.0.0.1';
    for (const name of ['evil.example', `evil.example:${url.port}`, 'localhost.evil.example', '127.0.0.1.evil.example'])
      t.is(await statusFor(url.href, name), others, name);
    // The other end of a tunnel has another port.
    for (const name of [`localhost:${url.port}`, '127.0.0.1:9000', '127.0.0.2', '[::1]:9000', 'localhost'])
      t.is(await statusFor(url.href, name), 200, name);
    child.kill('SIGTERM');
    await ended;
  }
});

test('serve shows what begins with a dot only when it is told to', async (t) => {
  const command = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const root = mkdtempSync(join(directory, 'served-'));
  writeFileSync(join(root, '.env'), 'SECRET=1');
  for (const [options, status] of [
    [[], 404],
    [['--hidden'], 200],
  ] as const) {
    const child = spawn(process.execPath, [command, 'serve', root, '--port', '0', '--inspect-port', '0', ...options]);
    const ended = once(child, 'exit');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const url = /http:\S+/.exec((await lines.next()).value!)![0];
    t.is((await fetch(new URL('/.env', url))).status, status);
    child.kill('SIGTERM');
    await ended;
  }
});

test('a path that cannot be looked at is an error in one line that says why', async (t) => {
  const loop = join(directory, 'loop');
  symlinkSync(loop, loop);
  for (const command of ['serve', 'run'])
    for (const path of [loop, join(directory, 'x'.repeat(300))]) {
      const { code, stderr } = await heddle([command, path]);
      t.is(code, 1);
      t.regex(stderr, /^heddle: Cannot look at `.*`: E(?:LOOP|NAMETOOLONG): .*\n$/);
    }
});

test('a port that is taken is an error in one line that says how to take another', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  for (const [option, free] of [
    ['--port', '--inspect-port'],
    ['--inspect-port', '--port'],
  ] as const) {
    const { code, stderr } = await heddle(['serve', 'docs', option, String(port), free, '0']);
    t.is(code, 1);
    t.regex(
      stderr,
      new RegExp(`^heddle: .*EADDRINUSE.*: choose another port with ${option}, 0 for any that is free\n$`),
    );
  }
  const both = ['--port', String(port), '--inspect-port', String(port)];
  t.regex((await heddle(['serve', 'docs', ...both])).stderr, /^heddle: .*EADDRINUSE.* with --port, .*\n$/);
  other.close();
});

test('a function* that a program exports is its main; anything else is its own business', async (t) => {
  const main = program('main.mjs', 'export default function* () { console.log(...process.argv.slice(2)); }');
  t.like(await heddle(['run', main, 'a', '--b']), { code: 0, stdout: 'a --b\n', stderr: '' });
  for (const exported of ['class App {}', 'function app(request) { request.end(); }', '{ port: 80 }']) {
    const path = program('other.mjs', `console.log('ran'); export default ${exported}`);
    t.like(await heddle(['run', path]), { code: 0, stdout: 'ran\n', stderr: '' }, exported);
  }
});

test('a program that is run goes on when nobody reads its output any more, as with node', async (t) => {
  const path = program(
    'talks.mjs',
    `process.stdin.once('data', () => {
       console.log('to nobody');
       console.error('has talked');
       process.stdin.once('data', () => process.exit(3));
     });`,
  );
  const command = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  for (const options of [['--no-compile'], []]) {
    // Where nothing is in the cache, there is a thread that compiles.
    const env = { ...process.env, HEDDLE_CACHE: mkdtempSync(join(directory, 'cache-')) };
    const child = spawn(process.execPath, [command, 'run', ...options, path], { env });
    t.teardown(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const errors = createInterface(child.stderr)[Symbol.asyncIterator]();
    child.stdout.destroy();
    child.stdin.on('error', () => {}).write('talk');
    t.is((await errors.next()).value, 'has talked');
    child.stdin.write('end');
    t.is((await ended)[0], 3, String(options));
  }
});

test('an error of a program that fails before it can be looked at is printed like any other', async (t) => {
  const path = program(
    'fails.mjs',
    `import { once } from 'node:events';
     import { mkdirSync } from 'node:fs';
     import { createServer } from 'node:net';
     const sockets = process.env.XDG_RUNTIME_DIR + '/heddle';
     mkdirSync(sockets, { mode: 0o700 });
     // Somebody is there already, and says nothing for a while.
     const other = createServer((socket) => setTimeout(() => socket.destroy(), 100)).unref();
     await once(other.listen(sockets + '/' + process.pid + '.sock'), 'listening');
     export default function* () { throw new Error('on purpose'); }`,
  );
  const runtime = mkdtempSync(join(directory, 'runtime-'));
  const { code, stderr } = await heddle(['run', path], { env: { XDG_RUNTIME_DIR: runtime } });
  t.is(code, 1);
  t.regex(stderr, /^heddle: cannot be inspected: Somebody listens at .*\nError: on purpose\n/);
});

test('a program that calls `main` itself runs once, whatever it exports', async (t) => {
  for (const call of ['await main(program)', 'main(program)']) {
    const index = new URL('../../../dist/index.js', import.meta.url).href;
    const path = program(
      'own.mjs',
      `import { main } from '${index}'; export default function* program() { console.log('ran'); } ${call};`,
    );
    t.like(await heddle(['run', path]), { code: 0, stdout: 'ran\n', stderr: '' }, call);
  }
});

test('a program that a signal stops says so by its exit code, also when its first function had returned', async (t) => {
  const heddleUrl = new URL('../../../dist/index.js', import.meta.url).href;
  const path = program(
    'stopped.mjs',
    `import { sleep, spawn } from ${JSON.stringify(heddleUrl)};
    export default function* () {
      yield* spawn(function* () {
        process.kill(process.pid, 'SIGTERM');
        yield* sleep(60_000);
      });
    }`,
  );
  t.like(await heddle(['run', path]), { code: 143, stderr: '' });
});

test('a syntax error of a program is shown with its place', async (t) => {
  const path = program('broken.mjs', 'const one = 1;\nconst one = 2;\n');
  for (const options of [[], ['--no-compile']]) {
    const { code, stderr } = await heddle(['run', ...options, path]);
    t.is(code, 1);
    t.regex(stderr, /broken\.mjs:2\nconst one = 2;\n +\^+\n[^]*SyntaxError: /);
  }
});
