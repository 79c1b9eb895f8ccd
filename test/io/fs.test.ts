import nodeFs, { existsSync, readdirSync, readlinkSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  ArgumentError,
  BusyError,
  CancelledError,
  ClosedError,
  FiberCancelledError,
  IoError,
  ScopeClosedError,
  TooLargeError,
} from '#src/base/errors.js';
import type { Operation } from '#src/fibers/operation.js';
import { all } from '#src/fibers/all.js';
import { sleep } from '#src/fibers/sleep.js';
import { spawn } from '#src/fibers/spawn.js';
import { scope } from '#src/fibers/with-scope.js';
import { withTimeout } from '#src/fibers/with-timeout.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import * as fs from '#src/io/fs.js';
import { Runtime } from '#src/runtime.js';
import { thrownBy } from '../support/thrown-by.js';

/** Runs `body` with a directory of its own, and checks that no file in it stays open and no fiber alive. */
async function inDirectory(
  t: { is: (a: unknown, b: unknown) => unknown; deepEqual: (a: unknown, b: unknown) => unknown },
  body: (dir: string) => Operation<unknown>,
): Promise<void> {
  // First in, first out and long slices: what yields once has let everybody else begin, and nothing comes between.
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  await runtime.run(function* () {
    const dir = yield* fs.tempDirectory('heddle-test-');
    yield* scope(() => body(dir));
    // What was forgotten comes back from the thread pool.
    for (let i = 0; i < 200 && openFiles(dir).length > 0; i++) yield* sleep(5);
    t.deepEqual(openFiles(dir), []);
  });
  t.is(runtime.loop.spawned, runtime.loop.ended);
}

function openFiles(dir: string): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(dir));
}

/** Starts `operation` in a fiber and cancels that while the thread pool is at work; returns what became of it. */
function* cancelledAtWork<T>(operation: () => Operation<T>): Operation<{ value?: T; error?: unknown }> {
  const outcome: { value?: T; error?: unknown } = {};
  const fiber = yield* spawn(function* () {
    try {
      outcome.value = yield* operation();
    } catch (error) {
      outcome.error = error;
      throw error;
    }
  });
  yield* yieldNow();
  fiber.cancel();
  try {
    yield* fiber.join();
  } catch (error) {
    if (!(error instanceof FiberCancelledError)) throw error;
  }
  return outcome;
}

test('calls are counted while they are with the thread pool, also those that nobody waits for any more', async (t) => {
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  const { threadPool } = runtime.loop;
  await runtime.run(function* () {
    const looking = yield* spawn(() => all(Array.from({ length: 10 }, () => fs.stat('/'))));
    for (let i = 0; i < 10 && threadPool.pending < 10; i++) yield* yieldNow();
    t.is(threadPool.pending, 10);
    t.is(threadPool.used, threadPool.capacity);
    looking.cancel();
    for (let i = 0; i < 200 && threadPool.pending > 0; i++) yield* sleep(5);
    t.is(threadPool.pending, 0);
    t.is(threadPool.granted, 10);
    yield* fs.stat('/');
    t.is(threadPool.granted, 11);
  });
});

test('closing is a call to the thread pool once, whoever else closes the file, and not while others use it', async (t) => {
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  const { threadPool } = runtime.loop;
  await runtime.run(function* () {
    const file = yield* fs.open('package.json');
    t.is(threadPool.granted, 1);
    const reading = yield* spawn(() => file.read());
    const closing = yield* spawn(() => all([file.close(), file.close()]));
    for (let i = 0; i < 10 && !file.isClosed; i++) yield* yieldNow();
    t.is(threadPool.pending, 1);
    yield* reading.join();
    yield* closing.join();
    yield* file.close();
    t.is(threadPool.granted, 3);
    t.is(threadPool.pending, 0);
  });
});

test('what is written can be read back, as bytes and as text', (t) =>
  inDirectory(t, function* (dir) {
    const path = join(dir, 'a');
    yield* fs.writeFile(path, 'grüße\n');
    yield* fs.appendFile(path, Buffer.from([0xff]));
    t.deepEqual(yield* fs.readFile(path), Buffer.concat([Buffer.from('grüße\n'), Buffer.from([0xff])]));
    t.is(yield* fs.readText(path, 'latin1'), 'grÃ¼Ã\u009fe\nÿ');
    yield* fs.writeFile(path, '');
    t.is((yield* fs.readFile(path)).length, 0);
    t.is(yield* fs.readText('/proc/self/comm'), readFileSync('/proc/self/comm', 'utf8'));
  }));

test('a refusal of the system is an IoError with its code, the operation and the path', (t) =>
  inDirectory(t, function* (dir) {
    const error = yield* thrownBy(fs.stat(join(dir, 'none')));
    t.true(error instanceof IoError);
    t.like(error, { operation: 'fs.stat', system: 'ENOENT' });
    t.regex((error as Error).message, /^fs\.stat: ENOENT.*none/);
    const existing = join(dir, 'a');
    yield* fs.writeFile(existing, '');
    t.like(yield* thrownBy(fs.writeFile(existing, '', { flag: 'wx' })), { system: 'EEXIST' });
    t.like(yield* thrownBy(fs.open(existing, 'wx')), { operation: 'fs.open', system: 'EEXIST' });
    // Also where Node is given only the number of an open file.
    for (const reading of [fs.readFile(dir), fs.forEachLine(dir, () => {})]) {
      const { message } = (yield* thrownBy(reading)) as Error;
      t.true(message.startsWith('fs.read: EISDIR') && message.endsWith(`'${dir}'`), message);
    }
  }));

test('exists says no only where there is no such file', (t) =>
  inDirectory(t, function* (dir) {
    const path = join(dir, 'a');
    t.false(yield* fs.exists(path));
    yield* fs.writeFile(path, '');
    t.true(yield* fs.exists(path));
    t.like(yield* thrownBy(fs.exists(join(path, 'below a file'))), { system: 'ENOTDIR' });
  }));

test('a bad argument is an ArgumentError and opens nothing', (t) =>
  inDirectory(t, function* (dir) {
    t.true((yield* thrownBy(fs.stat('a\0b'))) instanceof ArgumentError);
    t.true((yield* thrownBy(fs.open(undefined as never))) instanceof ArgumentError);
    t.true((yield* thrownBy(fs.open(join(dir, 'a'), 'nonsense'))) instanceof ArgumentError);
    const file = yield* fs.open(join(dir, 'a'), 'w+');
    t.throws(() => file.read(0), { instanceOf: ArgumentError });
    t.throws(() => file.readAt(-1), { instanceOf: ArgumentError });
    t.true((yield* thrownBy(file.write(7 as never))) instanceof ArgumentError);
    yield* file.write('still usable');
  }));

test('a file is closed when its scope ends, once, and refuses to be used after that', (t) =>
  inDirectory(t, function* (dir) {
    const path = join(dir, 'a');
    const file = yield* scope(function* () {
      const opened = yield* fs.open(path, 'w+');
      yield* opened.write('x');
      t.deepEqual(openFiles(dir), [path]);
      return opened;
    });
    t.deepEqual(openFiles(dir), []);
    t.true(file.isClosed);
    for (const use of [file.read(), file.readAt(0), file.write('y'), file.stat(), file.sync(), file.truncate()])
      t.true((yield* thrownBy(use)) instanceof ClosedError);
    yield* file.close();
    yield* file.close();
  }));

test('who closes a file that another fiber is closing waits until it is closed', (t) =>
  inDirectory(t, function* (dir) {
    const file = yield* fs.open(join(dir, 'a'), 'w');
    const closing = yield* spawn(() => file.close());
    yield* yieldNow();
    t.true(file.isClosed);
    yield* file.close();
    t.deepEqual(openFiles(dir), []);
    yield* closing.join();
  }));

test('a file that is closed early leaves nothing behind in a long-lived scope', (t) =>
  inDirectory(t, (dir) =>
    scope(function* (work) {
      for (let i = 0; i < 100; i++) {
        const file = yield* fs.open(join(dir, 'a'), 'w');
        yield* file.close();
      }
      t.is((work as unknown as { cleanups: Set<unknown> }).cleanups.size, 0);
    }),
  ));

test('a file opened within a time limit outlives the limit', (t) =>
  inDirectory(t, function* (dir) {
    const file = yield* withTimeout(5000, fs.open(join(dir, 'a'), 'w+'));
    t.false(file.isClosed);
    yield* file.write('x');
  }));

test('reads and writes go on where the last one ended; positions leave that place alone', (t) =>
  inDirectory(t, function* (dir) {
    const file = yield* fs.open(join(dir, 'a'), 'w+');
    yield* file.write('hello ');
    yield* file.write('world');
    yield* file.write('HE', 0);
    t.is(yield* fs.readText(file.path), 'HEllo world');
    t.is(yield* file.read(), null);
    t.is(String(yield* file.readAt(6, 3)), 'wor');
    t.is(yield* file.readAt(11), null);
    yield* file.truncate(4);
    t.is((yield* file.stat()).size, 4);
    const memory = Buffer.alloc(3);
    t.is(yield* file.readInto(memory, 1), 3);
    t.is(memory.toString(), 'Ell');
    t.is(yield* file.readInto(memory, 0), 3);
    t.is(memory.toString(), 'HEl');
    yield* file.sync();
    yield* file.sync({ dataOnly: true });
  }));

// It stands in for what all write by.
test.serial('what the system takes in parts is written to its end', async (t) => {
  const { write } = nodeFs;
  const parts: number[] = [];
  const inParts = (fd: number, data: Buffer, offset: number, length: number, at: number | null, done: () => void) => {
    parts.push(length);
    write(fd, data, offset, Math.min(length, 4), at, done);
  };
  nodeFs.write = inParts as unknown as typeof write;
  syncBuiltinESMExports();
  t.teardown(() => {
    nodeFs.write = write;
    syncBuiltinESMExports();
  });
  await inDirectory(t, function* (dir) {
    const file = yield* fs.open(join(dir, 'a'), 'w+');
    yield* file.write('hello world');
    t.deepEqual(parts, [11, 7, 3]);
    yield* file.write('brave new', 6);
    yield* file.write('!', 15);
    t.is(yield* fs.readText(file.path), 'hello brave new!');
  });
});

(existsSync('/dev/full') ? test : test.skip)('what the disk has no room for is an error', async (t) => {
  await new Runtime().run(function* () {
    for (const attempt of [fs.writeFile('/dev/full', 'x'), fs.appendFile('/dev/full', 'x')]) {
      const error = (yield* thrownBy(attempt)) as IoError;
      t.is(error.system, 'ENOSPC');
      t.regex(error.message, /'\/dev\/full'$/);
    }
    const file = yield* fs.open('/dev/full', 'w');
    t.like(yield* thrownBy(file.write('x')), { operation: 'fs.write', system: 'ENOSPC' });
  });
});

// The system gives it a size of one page.
const SHORT = '/sys/devices/system/cpu/online';
(existsSync(SHORT) ? test : test.skip)(
  'a file with less in it than its size says is read as far as it goes',
  async (t) => {
    await new Runtime().run(function* () {
      t.is(yield* fs.readText(SHORT), readFileSync(SHORT, 'utf8'));
    });
  },
);

test('two fibers at the position of one file: the second gets BusyError; at positions of their own both get theirs', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'abcdef');
    const file = yield* fs.open(join(dir, 'a'));
    const reading = yield* spawn(() => file.read(2));
    yield* yieldNow();
    t.true((yield* thrownBy(file.read(2))) instanceof BusyError);
    t.is(String(yield* reading.join()), 'ab');
    t.is(String(yield* file.read(2)), 'cd');
    const both = yield* all([file.readAt(0, 3), file.readAt(3, 3)]);
    t.deepEqual(both.map(String), ['abc', 'def']);
  }));

test('a cancelled open that comes late is closed', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'x');
    for (let i = 0; i < 20; i++) {
      const { error } = yield* cancelledAtWork(() => fs.open(join(dir, 'a')));
      t.true(error instanceof CancelledError);
    }
  }));

test('a file that is opened although nobody waits for it any more counts as open until it is closed', async (t) => {
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  const { descriptors } = runtime.loop;
  await runtime.run(function* () {
    for (const path of ['/', '/nowhere']) {
      let counted = 0;
      yield* cancelledAtWork(function* () {
        try {
          yield* fs.open(path);
        } finally {
          ({ counted } = descriptors);
        }
      });
      t.is(counted, 1, path);
      while (descriptors.counted > 0) yield* sleep(1);
    }
  });
  t.is(descriptors.unsettled, 0);
  t.is(descriptors.heldByFibers, 0);
});

test('a file that cannot be opened takes no room', async (t) => {
  const runtime = new Runtime();
  const { descriptors } = runtime.loop;
  await runtime.run(function* () {
    t.true((yield* thrownBy(fs.open('/nowhere'))) instanceof IoError);
    t.true((yield* thrownBy(fs.open(null as never))) instanceof ArgumentError);
    yield* scope(function* (work) {
      work.cancel();
      t.true((yield* thrownBy(fs.open('/'))) instanceof CancelledError);
    });
  });
  t.is(descriptors.counted, 0);
  t.is(descriptors.unsettled, 0);
});

test('files that are written whole wait for room, and give it back, however that ends', async (t) => {
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  const { descriptors } = runtime.loop;
  await runtime.run(function* () {
    const dir = yield* fs.tempDirectory('heddle-test-');
    descriptors.limit = 4;
    for (const write of [fs.writeFile, fs.appendFile]) {
      descriptors.heldBack = 0;
      const files = Array.from({ length: 20 }, (_, i) => join(dir, String(i)));
      yield* all(files.map((file) => write(file, 'x')));
      t.is(descriptors.heldBack, 16, 'four at once');
      for (const file of files) t.is(readFileSync(file, 'utf8').at(-1), 'x');
      t.is((yield* cancelledAtWork(() => write(join(dir, 'a'), 'x'))).error, undefined);
      t.true((yield* thrownBy(write(join(dir, 'no', 'a'), 'x'))) instanceof IoError);
      t.true((yield* thrownBy(write(null as never, 'x'))) instanceof ArgumentError);
      yield* scope(function* (work) {
        work.cancel();
        t.true((yield* thrownBy(write(join(dir, 'b'), 'x'))) instanceof CancelledError);
      });
      t.is(descriptors.counted, 0);
      t.is(descriptors.unsettled, 0);
      t.is(descriptors.heldByFibers, 0);
    }
  });
});

test('a cancelled open that may create or empty the file waits, and its scope closes it', (t) =>
  inDirectory(t, function* (dir) {
    const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC } = nodeFs.constants;
    for (const flags of ['w', O_WRONLY | O_CREAT, O_WRONLY | O_TRUNC]) {
      const { value } = yield* cancelledAtWork(() => fs.open(join(dir, 'a'), flags));
      t.false(value!.isClosed);
      t.true(yield* fs.exists(join(dir, 'a')));
    }
    t.true((yield* cancelledAtWork(() => fs.open(join(dir, 'a'), O_RDONLY))).error instanceof CancelledError);
  }));

test('in a scope that is cancelled already nothing is begun', (t) =>
  inDirectory(t, function* (dir) {
    yield* scope(function* (work) {
      work.cancel();
      t.true((yield* thrownBy(fs.writeFile(join(dir, 'a'), 'x'))) instanceof CancelledError);
    });
    t.deepEqual(yield* fs.readdir(dir), []);
  }));

test('a cancelled write that has begun is finished and returns', (t) =>
  inDirectory(t, function* (dir) {
    const data = Buffer.alloc(8 << 20, 'x');
    const file = yield* fs.open(join(dir, 'a'), 'w');
    t.deepEqual(yield* cancelledAtWork(() => file.write(data)), { value: undefined });
    t.is((yield* file.stat()).size, data.length);
    t.deepEqual(yield* cancelledAtWork(() => fs.writeFile(join(dir, 'b'), data)), { value: undefined });
    t.is((yield* fs.stat(join(dir, 'b'))).size, data.length);
    t.deepEqual(yield* cancelledAtWork(() => fs.rename(join(dir, 'b'), join(dir, 'c'))), { value: undefined });
    t.true(yield* fs.exists(join(dir, 'c')));
  }));

test('a cancelled read at the position returns what it took; one at a position of its own took nothing', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'abcdef');
    const file = yield* fs.open(join(dir, 'a'));
    t.is(String((yield* cancelledAtWork(() => file.read(2))).value), 'ab');
    t.true((yield* cancelledAtWork(() => file.readAt(0, 2))).error instanceof CancelledError);
    const memory = Buffer.alloc(2);
    t.is((yield* cancelledAtWork(() => file.readInto(memory, 4))).value, 2);
    t.is(memory.toString(), 'ef');
    t.is(String(yield* file.read(2)), 'cd');
  }));

test('closing waits for the calls at work, also for those whose fibers have gone', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), Buffer.alloc(1 << 20));
    const file = yield* fs.open(join(dir, 'a'));
    const reading = yield* spawn(() => file.readAt(0, 1 << 20));
    yield* cancelledAtWork(() => file.readAt(0, 1 << 20));
    yield* file.close();
    t.is((yield* reading.join())!.length, 1 << 20);
  }));

test('a file over the limit is refused, whether or not its size is known', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'abc');
    t.is((yield* fs.readFile(join(dir, 'a'), { limit: 3 })).length, 3);
    t.true((yield* thrownBy(fs.readFile(join(dir, 'a'), { limit: 2 }))) instanceof TooLargeError);
    t.true((yield* thrownBy(fs.readFile('/proc/self/status', { limit: 10 }))) instanceof TooLargeError);
  }));

test('a cancelled readFile closes the file', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), Buffer.alloc(16 << 20));
    for (const ms of [0, 1, 2, 4]) {
      const fiber = yield* spawn(() => fs.readFile(join(dir, 'a')));
      yield* sleep(ms);
      fiber.cancel();
    }
  }));

test('chunks put together are the range that was asked for, whatever their size', async (t) => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
  await inDirectory(t, function* (dir) {
    const path = join(dir, 'a');
    writeFileSync(path, content);
    const position = fc.option(fc.nat(1100), { nil: undefined });
    const cases = fc.sample(
      fc.record({ start: position, length: position, chunk: fc.integer({ min: 1, max: 1500 }) }),
      60,
    );
    for (const { start, length, chunk } of cases) {
      const end = length === undefined ? undefined : (start ?? 0) + length;
      const chunks: Buffer[] = [];
      const options = { chunk, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
      yield* fs.forEachChunk(path, (piece) => void chunks.push(piece), options);
      t.deepEqual(Buffer.concat(chunks), content.subarray(start, end), JSON.stringify(options));
      t.true(chunks.every((piece) => piece.length > 0 && piece.length <= chunk));
    }
  });
});

test('an open file is read on from its position, and left open', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'one\ntwo\nthree');
    const file = yield* fs.open(join(dir, 'a'));
    yield* file.read(4);
    const lines: string[] = [];
    yield* fs.forEachLine(file, (line) => void lines.push(line));
    t.deepEqual(lines, ['two', 'three']);
    t.false(file.isClosed);
    const chunks: string[] = [];
    yield* fs.forEachChunk(file, (chunk) => void chunks.push(chunk.toString()), { start: 4, end: 7 });
    t.deepEqual(chunks, ['two']);
  }));

test('a body that throws stops the reading and closes the file', (t) =>
  inDirectory(t, function* (dir) {
    yield* fs.writeFile(join(dir, 'a'), 'one\ntwo\n');
    const failing = fs.forEachLine(join(dir, 'a'), (line) => {
      throw new Error(line);
    });
    t.is(((yield* thrownBy(failing)) as Error).message, 'one');
    t.deepEqual(openFiles(dir), []);
    t.true((yield* thrownBy(fs.forEachLine(join(dir, 'a'), () => {}, { limit: 2 }))) instanceof TooLargeError);
  }));

test('a temporary directory is removed with its scope, however that ends', (t) =>
  inDirectory(t, function* () {
    let path = '';
    yield* thrownBy(
      scope(function* () {
        path = yield* fs.tempDirectory('heddle-test-');
        yield* fs.mkdir(join(path, 'a', 'b'), { recursive: true });
        yield* fs.writeFile(join(path, 'a', 'b', 'c'), 'x');
        throw new Error('on purpose');
      }),
    );
    t.not(path, '');
    t.false(yield* fs.exists(path));
  }));

test('what was made for a scope that has ended meanwhile is removed, or closed, and refused', (t) =>
  inDirectory(t, function* (dir) {
    const prefix = `heddle-late-${process.pid}-`;
    const late = yield* scope(function* () {
      return { directory: fs.tempDirectory(prefix), file: fs.open(join(dir, 'a'), 'w') };
    });
    for (const operation of [late.directory, late.file])
      t.true((yield* thrownBy(operation)) instanceof ScopeClosedError);
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
    for (let i = 0; i < 200 && left().length > 0; i++) yield* sleep(5);
    t.deepEqual(left(), []);
  }));

test('directories, links and names', (t) =>
  inDirectory(t, function* (dir) {
    const at = (name: string): string => join(dir, name);
    yield* fs.mkdir(at('d'));
    t.like(yield* thrownBy(fs.mkdir(at('d'))), { system: 'EEXIST' });
    yield* fs.mkdir(at('d'), { recursive: true });
    yield* fs.writeFile(at('d/f'), 'x', { mode: 0o600 });
    t.is((yield* fs.stat(at('d/f'))).mode & 0o777, 0o600);
    yield* fs.symlink('d/f', at('link'));
    t.is(yield* fs.readlink(at('link')), 'd/f');
    t.is(yield* fs.realpath(at('link')), yield* fs.realpath(at('d/f')));
    t.true((yield* fs.lstat(at('link'))).isSymbolicLink());
    yield* fs.copyFile(at('d/f'), at('g'));
    t.like(yield* thrownBy(fs.copyFile(at('d/f'), at('g'), { exclusive: true })), { system: 'EEXIST' });
    yield* fs.rename(at('g'), at('h'));
    t.deepEqual((yield* fs.readdir(dir)).toSorted(), ['d', 'h', 'link']);
    const entries = yield* fs.readEntries(dir);
    t.deepEqual(
      entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
      ['d'],
    );
    t.true((yield* thrownBy(fs.remove(at('d')))) instanceof IoError);
    yield* fs.remove(at('d'), { recursive: true });
    t.like(yield* thrownBy(fs.remove(at('d'))), { system: 'ENOENT' });
    yield* fs.remove(at('d'), { force: true });
  }));
