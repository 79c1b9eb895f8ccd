import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import {
  ArgumentError,
  CancelledError,
  EndOfStreamError,
  ExitError,
  FiberCancelledError,
  IoError,
  MisuseError,
  moveOnAfter,
  now,
  Runtime,
  scope,
  sleep,
  spawn,
  TooLargeError,
  type Operation,
} from 'heddle';
import { readText, tempDirectory } from 'heddle/fs';
import { execute, start, type ChildProcess } from 'heddle/process';
import { forEachLine } from 'heddle/streams';
import { eventually } from '../support/eventually.js';
import { thrownBy } from '../support/thrown-by.js';

async function runs(t: ExecutionContext, body: () => Operation<unknown>): Promise<void> {
  const runtime = new Runtime();
  await runtime.run(body);
  t.is(runtime.loop.spawned, runtime.loop.ended);
}

/** Whether there is such a process; a zombie is one. */
function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const IGNORING = 'trap "" TERM; echo ready; while :; do sleep 0.05; done';

test('a program gets its arguments and its input, and its output comes back', (t) =>
  runs(t, function* () {
    const executed = yield* execute('sh', ['-c', 'cat; echo "$1" >&2; exit 3', 'sh', 'a  "b'], { input: 'grüße' });
    t.deepEqual(executed, { code: 3, signal: null, stdout: 'grüße', stderr: 'a  "b\n' });
    const { stdout } = yield* execute('printf', ['\\377'], { encoding: 'buffer' });
    t.deepEqual(stdout, Buffer.from([0xff]));
    t.is((yield* execute('pwd', [], { cwd: '/' })).stdout, '/\n');
    t.is((yield* execute('sh', ['-c', 'echo $A'], { env: { A: 'b', PATH: process.env['PATH'] } })).stdout, 'b\n');
  }));

test('a program that fails is an error only where that was asked for', (t) =>
  runs(t, function* () {
    const error = yield* thrownBy(execute('sh', ['-c', 'echo no such luck >&2; exit 2'], { check: true }));
    t.true(error instanceof ExitError);
    t.like(error, { exitCode: 2, signal: null, stderr: 'no such luck\n' });
    t.is((error as Error).message, '`sh` exited with code 2: no such luck');
    t.like(yield* thrownBy(execute('sh', ['-c', 'kill -9 $$'], { check: true })), {
      exitCode: null,
      signal: 'SIGKILL',
    });
    t.like(yield* execute('sh', ['-c', 'kill -9 $$']), { code: null, signal: 'SIGKILL' });
  }));

test('a program that cannot be started is an IoError at its start', (t) =>
  runs(t, function* () {
    for (const attempt of [
      () => start('no-such-program'),
      () => execute('no-such-program'),
      () => execute('true', [], { cwd: '/no/such/directory' }),
    ]) {
      const error = yield* thrownBy(attempt());
      t.true(error instanceof IoError);
      t.like(error, { operation: 'process.start', system: 'ENOENT' });
    }
    t.regex(
      String(yield* thrownBy(start('true', [], { cwd: '/no/such/directory' }))),
      /ENOENT \(in \/no\/such\/directory\)$/,
    );
    t.regex(String(yield* thrownBy(start('true', [], { cwd: '/dev/null' }))), /ENOTDIR \(in \/dev\/null\)$/);
    t.regex(String(yield* thrownBy(start('echo a'))), /ENOENT \(there is no shell: .* in `args`\)$/);
    t.like(yield* thrownBy(start('/etc')), { system: 'EACCES' });
    t.true((yield* thrownBy(start('a\0b'))) instanceof ArgumentError);
    t.throws(() => start(''), { instanceOf: ArgumentError });
    t.throws(() => start('true', 'x' as never), { instanceOf: ArgumentError });
  }));

test('there is never a shell', (t) =>
  runs(t, function* () {
    const options = { shell: true } as object;
    t.throws(() => start('true; true', [], options), { instanceOf: ArgumentError, message: /option `shell`/ });
    t.regex(String(yield* thrownBy(execute('true; true', [], options))), /option `shell`/);
    for (const attempt of [() => start('true; true'), () => execute('true; true')])
      t.like(yield* thrownBy(attempt()), { operation: 'process.start', system: 'ENOENT' });
  }));

test('too much output stops the program', (t) =>
  runs(t, function* () {
    t.true((yield* thrownBy(execute('yes', [], { limit: 100_000 }))) instanceof TooLargeError);
    t.is((yield* execute('printf', ['abc'], { limit: 3 })).stdout, 'abc');
  }));

test('a program need not read its input, however much that is', (t) =>
  runs(t, function* () {
    const input = 'line\n'.repeat(1_000_000);
    t.is((yield* execute('head', ['-n', '1'], { input })).stdout, 'line\n');
    t.is((yield* execute('true', [], { input })).code, 0);
    t.is((yield* execute('wc', ['-l'], { input })).stdout.trim(), '1000000');
  }));

test('a cancelled execute stops the program and waits until it has gone', (t) =>
  runs(t, function* () {
    const told = join(yield* tempDirectory(), 'pid');
    yield* execute('mkfifo', [told], { check: true });
    const fiber = yield* spawn(() => execute('sh', ['-c', 'echo $$ > "$1"; exec sleep 60', 'sh', told]));
    const pid = Number(yield* readText(told));
    t.true(alive(pid));
    fiber.cancel();
    t.true((yield* thrownBy(fiber.join())) instanceof FiberCancelledError);
    t.false(alive(pid));
  }));

test('a program that ignores SIGTERM is killed after the grace period', (t) =>
  runs(t, function* () {
    let child!: ChildProcess;
    const began = now();
    yield* scope(function* () {
      child = yield* start('sh', ['-c', IGNORING], { grace: 100 });
      yield* child.stdout.read();
    });
    t.like(child.exit, { code: null, signal: 'SIGKILL' });
    t.true(now() - began >= 99);
    t.false(alive(child.pid));
  }));

test('a conversation with a program, line by line', (t) =>
  runs(t, function* () {
    const child = yield* start('cat');
    yield* child.stdin.write('a b\n');
    t.is(yield* child.stdout.readLine(), 'a b');
    const lines: string[] = [];
    const reading = yield* spawn(() =>
      forEachLine(child.stdout, function* (line) {
        lines.push(line);
        if (line === 'last') yield* child.stdin.finish();
        else yield* child.stdin.write('last\n');
      }),
    );
    yield* child.stdin.write('first\n');
    yield* reading.join();
    t.deepEqual(lines, ['first', 'last']);
    t.deepEqual(yield* child.wait(), { code: 0, signal: null });
    t.deepEqual(yield* child.wait(), { code: 0, signal: null });
    t.false(child.kill());
  }));

test('output is still there after the program has exited', (t) =>
  runs(t, function* () {
    const child = yield* start('sh', ['-c', 'echo out; echo err >&2'], { stderr: 'pipe' });
    yield* child.wait();
    yield* sleep(20);
    t.is(String(yield* child.stdout.read()), 'out\n');
    t.is(String(yield* child.stderr.read()), 'err\n');
    t.is(yield* child.stdout.read(), null);
  }));

test('a program that has exited leaves nothing behind in a long-lived scope', (t) =>
  runs(t, () =>
    scope(function* (work) {
      const child = yield* start('true', [], { stdin: 'ignore', stdout: 'ignore' });
      yield* child.wait();
      const { cleanups } = work as unknown as { readonly cleanups: Set<unknown> };
      yield* eventually(() => cleanups.size === 0);
      t.pass();
    }),
  ));

test('a stream that is not a pipe says how to get one', (t) =>
  runs(t, function* () {
    const child = yield* start('true', [], { stdin: 'ignore', stdout: 'ignore' });
    for (const get of [() => child.stdin, () => child.stdout, () => child.stderr])
      t.throws(get, { instanceOf: MisuseError });
  }));

test('the end of the scope stops a program, also one that is stuck in writing', (t) =>
  runs(t, function* () {
    const children: ChildProcess[] = [];
    yield* scope(function* () {
      children.push(yield* start('sleep', ['60']));
      children.push(yield* start('yes'));
      // Wants to write more than a pipe holds before it exits.
      const script = 'trap "head -c 300000 /dev/zero; exit 7" TERM; echo ready; while :; do sleep 0.02; done';
      const last = yield* start('sh', ['-c', script]);
      yield* last.stdout.read();
      children.push(last);
    });
    for (const child of children) t.false(alive(child.pid));
    t.deepEqual(
      children.map((child) => child.exit),
      [
        { code: null, signal: 'SIGTERM' },
        { code: null, signal: 'SIGTERM' },
        { code: 7, signal: null },
      ],
    );
  }));

test('a cancelled wait leaves the program alone', (t) =>
  runs(t, function* () {
    const child = yield* start('cat');
    const waiting = yield* spawn(() => thrownBy(child.wait()));
    yield* sleep(5);
    waiting.cancel();
    t.true((yield* waiting.join()) instanceof CancelledError);
    t.is(child.exit, null);
    yield* child.stdin.finish();
    t.deepEqual(yield* child.wait(), { code: 0, signal: null });
  }));

test('a grandchild that holds the pipes does not hold up the scope', (t) =>
  runs(t, function* () {
    const grandchild = yield* scope(function* () {
      const child = yield* start('sh', ['-c', 'sleep 60 & echo $!']);
      const pid = Number(yield* child.stdout.readLine());
      yield* child.wait();
      return pid;
    });
    t.true(process.kill(grandchild, 'SIGKILL'), 'it is alive');
  }));

test('a program that goes away while it is written to is an error for the writer, by whichever end notices first', (t) =>
  runs(t, function* () {
    const child = yield* start('true');
    const error = yield* thrownBy(
      (function* () {
        for (;;) yield* child.stdin.write('x'.repeat(100_000));
      })(),
    );
    t.true(error instanceof IoError || error instanceof EndOfStreamError, String(error));
  }));

test('a process that ends at once ends its programs: by SIGTERM, or by SIGKILL those that were told to stop', (t) =>
  runs(t, function* () {
    // At the end of its input each would say so.
    const script = `
      import { run, sleep, spawn } from 'heddle';
      import { start } from 'heddle/process';
      const pipes = { stdout: 'inherit', stderr: 'pipe' };
      await run(function* () {
        const soft = yield* start('sh', ['-c', 'echo ready >&2; read line; echo survived'], pipes);
        const hardy = yield* start('sh', ['-c', 'trap "" TERM; echo ready >&2; read line; echo survived'], pipes);
        for (const program of [soft, hardy]) yield* program.stderr.readLine();
        const stopping = yield* spawn(() => hardy.stop());
        while (stopping.status === 'ready') yield* sleep(1);
        process.exit(7);
      });
    `;
    const { code, stdout } = yield* execute(process.execPath, ['--input-type=module', '-e', script]);
    t.deepEqual({ code, stdout }, { code: 7, stdout: '' });
  }));

test('a process that ends at once ends its only program, too', (t) =>
  runs(t, function* () {
    const script = `
      import { run } from 'heddle';
      import { start } from 'heddle/process';
      await run(function* () {
        const only = yield* start('sh', ['-c', 'echo ready >&2; read line; echo survived'], { stdout: 'inherit', stderr: 'pipe' });
        yield* only.stderr.readLine();
        process.exit(7);
      });
    `;
    const { code, stdout } = yield* execute(process.execPath, ['--input-type=module', '-e', script]);
    t.deepEqual({ code, stdout }, { code: 7, stdout: '' });
  }));

test('what --permission denies is an IoError, also where Node throws it', (t) =>
  runs(t, function* () {
    const script = `
      import { run } from 'heddle';
      import { mkdir, readlink } from 'heddle/fs';
      import { start } from 'heddle/process';
      await run(function* () {
        for (const operation of [start('true'), start('two words', [], { cwd: '/' }), mkdir('/forbidden'), readlink('/forbidden')])
          try {
            yield* operation;
          } catch (error) {
            console.log(error.name, error.operation, error.system);
          }
      });
    `;
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const flags = [flag, `--allow-fs-read=${root}*`, '--no-warnings', '--input-type=module', '-e', script];
    const { stdout, stderr } = yield* execute(process.execPath, flags, { cwd: root });
    const denied = ['process.start', 'process.start', 'fs.mkdir', 'fs.readlink'];
    t.is(stdout, denied.map((operation) => `IoError ${operation} ERR_ACCESS_DENIED\n`).join(''), stderr);
  }));

test.serial('the end of the process is listened for while a program runs', (t) =>
  runs(t, function* () {
    const before = process.listenerCount('exit');
    yield* scope(function* () {
      const first = yield* start('cat');
      yield* start('cat');
      t.is(process.listenerCount('exit'), before + 1);
      yield* first.stop();
      t.is(process.listenerCount('exit'), before + 1);
    });
    t.is(process.listenerCount('exit'), before);
  }),
);

// Only Linux shows a process its descriptors. In a process of its own, where nothing else opens any.
(existsSync('/proc/self/fd') ? test : test.skip)('programs leave no descriptor and no zombie behind', (t) =>
  runs(t, function* () {
    const script = `
      import { readdirSync, readFileSync } from 'node:fs';
      import { run, scope, withTimeout } from 'heddle';
      import { execute, start } from 'heddle/process';
      const count = () => readdirSync('/proc/self/fd').length;
      const quietly = function* (operation) { try { yield* operation; } catch {} };
      await run(() => execute('true'));
      const before = count();
      await run(function* () {
        for (let i = 0; i < 5; i++) {
          yield* execute('echo', ['x'], { input: 'y' });
          yield* quietly(execute('no-such-program'));
          yield* quietly(withTimeout(5, execute('sleep', ['60'])));
          yield* quietly(execute('yes', [], { limit: 10 }));
          yield* scope(function* () { yield* start('cat', [], { stderr: 'pipe' }); });
          yield* quietly(scope(function* (s) { s.cancel(); yield* start("cat"); }));
        }
      });
      const children = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
      console.log(JSON.stringify({ descriptors: count() - before, children }));
    `;
    const { stdout } = yield* execute(process.execPath, ['--input-type=module', '-e', script], { check: true });
    t.deepEqual(JSON.parse(stdout), { descriptors: 0, children: '' });
  }),
);

test('what a program writes while it is stopped goes to the fiber that reads it, also after a cancelled stop', (t) =>
  runs(t, function* () {
    const lines: string[] = [];
    const stops = (grace: number, attempts: number): Operation<void> =>
      scope(function* (work) {
        const child = yield* start(
          'sh',
          ['-c', 'trap "echo bye; [ $((n += 1)) = 2 ] && exit" TERM; echo up; while :; do sleep 0.01; done'],
          {
            grace,
          },
        );
        t.is(yield* child.stdout.readLine(), 'up');
        const reading = work.spawn(() => forEachLine(child.stdout, (line) => void lines.push(line)));
        for (let i = 1; i < attempts; i++) {
          t.is(yield* moveOnAfter(50, child.stop()), undefined);
          yield* eventually(() => lines.length === i);
        }
        yield* child.stop();
        yield* reading.join();
      });
    yield* stops(500, 1);
    t.deepEqual(lines.splice(0), ['bye']);
    yield* stops(5000, 2);
    t.deepEqual(lines, ['bye', 'bye']);
  }));

test('a program that is stopped may write any amount that nobody reads, or of which only the beginning is read', (t) =>
  runs(t, function* () {
    const script = 'trap "head -c 3000000 /dev/zero; exit 7" TERM; echo up; while :; do sleep 0.01; done';
    for (const reads of [false, true]) {
      const child = yield* start('sh', ['-c', script]);
      if (reads) t.is(yield* child.stdout.readLine(), 'up');
      else yield* sleep(100);
      yield* child.stop();
      t.is(child.exit!.code, 7);
    }
  }));
