import test from 'ava';
import fc from 'fast-check';
import { ArgumentError, BusyError, ClosedError, EndOfStreamError, IoError, TooLargeError } from '#src/base/errors.js';
import type { FiberHandle } from '#src/fibers/fiber.js';
import type { Operation } from '#src/fibers/operation.js';
import { select } from '#src/fibers/select.js';
import { sleep } from '#src/fibers/sleep.js';
import { spawn } from '#src/fibers/spawn.js';
import { yieldNow } from '#src/fibers/yield-now.js';
import { ByteReader } from '#src/io/byte-reader.js';
import { ByteWriter } from '#src/io/byte-writer.js';
import { readKinds } from '#src/io/read-kinds.js';
import { run as runIn } from '#src/runtime.js';
import { thrownBy } from '../support/thrown-by.js';
import { fuzzRuns } from '../support/fuzz.js';

const kinds = readKinds('stream.read');
const writeKinds = ByteWriter.kinds('stream.write');

/** First in, first out and long slices: what yields once has let everybody else begin. */
function run<T>(f: () => Operation<T>): Promise<T> {
  return runIn(f, { queue: 'fifo', sliceMs: 1000 });
}

/** A reader and a log of what it told its source. */
function reading(): { reader: ByteReader; log: string[] } {
  const log: string[] = [];
  const source = {
    resume: () => void log.push('resume'),
    pause: () => void log.push('pause'),
    endSeen: () => void log.push('end seen'),
  };
  return { reader: new ByteReader(source, kinds), log };
}

/** A writer into a list, whose `room` says how many more it takes before it is full. */
function writing(): { writer: ByteWriter; log: string[]; sink: { room: number } } {
  const log: string[] = [];
  const sink = {
    room: Infinity,
    put(data: string | Uint8Array) {
      log.push(String(data));
      return --sink.room > 0;
    },
    finish: () => void log.push('finish'),
  };
  return { writer: new ByteWriter(sink, writeKinds), log, sink };
}

function* cancelled(fiber: FiberHandle): Operation<void> {
  fiber.cancel();
  for (let i = 0; i < 10 && fiber.status !== 'cancelled'; i++) yield* yieldNow();
}

const chunksOf = (bytes: Uint8Array, cuts: number[]): Buffer[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => Buffer.from(bytes.subarray(from, places[i] ?? bytes.length)));
};

test('however the bytes are cut into chunks, the lines are the same', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', 'é', '€'), maxLength: 60 });
  const property = fc.asyncProperty(
    text,
    fc.array(fc.nat(), { maxLength: 30 }),
    fc.boolean(),
    async (whole, cuts, early) => {
      const { reader } = reading();
      const lines = await run(function* () {
        const feeding = function* () {
          for (const chunk of chunksOf(Buffer.from(whole), cuts)) {
            reader.feed(chunk);
            if (!early) yield* yieldNow();
          }
          reader.end();
        };
        yield* spawn(feeding);
        if (early) yield* yieldNow();
        const found: string[] = [];
        for (let line = yield* reader.readLine(); line !== null; line = yield* reader.readLine()) found.push(line);
        return found;
      });
      const expectedLines = whole
        .split('\n')
        .map((line, i, all) => (i < all.length - 1 ? line.replace(/\r$/, '') : line));
      if (expectedLines.at(-1) === '') expectedLines.pop();
      t.deepEqual(lines, expectedLines);
    },
  );
  await fc.assert(property, { numRuns: fuzzRuns(200) });
});

test('however the bytes are cut and read, they come out as they went in', async (t) => {
  const reads = fc.array(fc.tuple(fc.constantFrom('some', 'exactly', 'until'), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
  });
  const bytes = fc.uint8Array({ maxLength: 200, max: 5 });
  const property = fc.asyncProperty(bytes, fc.array(fc.nat(), { maxLength: 30 }), reads, async (whole, cuts, ways) => {
    const { reader } = reading();
    const got = await run(function* () {
      yield* spawn(function* () {
        for (const chunk of chunksOf(whole, cuts)) {
          reader.feed(chunk);
          yield* yieldNow();
        }
        reader.end();
      });
      const parts: Uint8Array[] = [];
      for (let i = 0; ; i++) {
        const [way, n] = ways[i % ways.length]!;
        try {
          const part =
            way === 'some'
              ? yield* reader.read(n)
              : way === 'exactly'
                ? yield* reader.readExactly(n)
                : yield* reader.readUntil(Uint8Array.of(...[1, 2, 1].slice(0, (n % 3) + 1)));
          if (part === null) break;
          parts.push(part);
        } catch (error) {
          if (!(error instanceof EndOfStreamError)) throw error;
          const rest = yield* reader.read();
          if (rest === null) break;
          parts.push(rest);
        }
      }
      return Buffer.concat(parts);
    });
    t.deepEqual(got, Buffer.from(whole));
  });
  await fc.assert(property, { numRuns: fuzzRuns(200) });
});

test('readUntil returns the delimiter with the bytes before it, and finds one that lies across chunks', async (t) => {
  const { reader } = reading();
  await run(function* () {
    const fiber = yield* spawn(function* () {
      return [yield* reader.readUntil('--END--'), yield* reader.readUntil('--END--')].map(String);
    });
    for (const piece of ['one-', '-EN', 'D-', '-two--', 'END--rest']) {
      yield* yieldNow();
      reader.feed(Buffer.from(piece));
    }
    t.deepEqual(yield* fiber.join(), ['one--END--', 'two--END--']);
    t.is(reader.unread, 4);
  });
});

test('nothing is taken from the source before the first read, and it is paused while 64 KiB wait', async (t) => {
  const { reader, log } = reading();
  await run(function* () {
    t.deepEqual(log, []);
    const fiber = yield* spawn(() => reader.read(1));
    yield* yieldNow();
    t.deepEqual(log, ['resume']);
    reader.feed(Buffer.alloc(40_000));
    yield* fiber.join();
    t.deepEqual(log, ['resume']);
    reader.feed(Buffer.alloc(40_000));
    t.deepEqual(log, ['resume', 'pause']);
    yield* reader.read(40_000);
    t.deepEqual(log, ['resume', 'pause']);
    yield* reader.read(10_000);
    t.deepEqual(log, ['resume', 'pause', 'resume']);
  });
});

test('a fiber that wants more than the buffer holds keeps the source flowing', async (t) => {
  const { reader, log } = reading();
  await run(function* () {
    const fiber = yield* spawn(() => reader.readExactly(200_000));
    yield* yieldNow();
    for (let i = 0; i < 4; i++) reader.feed(Buffer.alloc(50_000, i));
    const bytes = yield* fiber.join();
    t.is(bytes.length, 200_000);
    t.deepEqual([bytes[0], bytes[50_000], bytes[199_999]], [0, 1, 3]);
    t.deepEqual(log, ['resume']);
  });
});

test('bytes that were handed out are not overwritten by later ones', async (t) => {
  const { reader } = reading();
  await run(function* () {
    reader.feed(Buffer.from('ab'));
    reader.feed(Buffer.from('cd'));
    const first = yield* reader.readExactly(4);
    for (let i = 0; i < 100; i++) {
      reader.feed(Buffer.from('xyz'));
      reader.feed(Buffer.from('uvw'));
      yield* reader.readExactly(5);
    }
    t.is(String(first), 'abcd');
  });
});

test('a cancelled read took nothing, whatever it waited for', async (t) => {
  const { reader } = reading();
  await run(function* () {
    reader.feed(Buffer.from('half a li'));
    for (const read of [() => reader.readLine(), () => reader.readExactly(100), () => reader.readUntil('\0')]) {
      const fiber = yield* spawn<[], unknown>(read);
      yield* yieldNow();
      yield* cancelled(fiber);
      t.is(fiber.status, 'cancelled');
    }
    reader.feed(Buffer.from('ne\n'));
    t.is(yield* reader.readLine(), 'half a line');
  });
});

test('a read that had completed when its fiber was cancelled returns what it took', async (t) => {
  const { reader } = reading();
  await run(function* () {
    const seen: unknown[] = [];
    const fiber = yield* spawn(function* () {
      seen.push(String(yield* reader.read()));
      yield* sleep(0);
    });
    yield* yieldNow();
    reader.feed(Buffer.from('kept'));
    yield* cancelled(fiber);
    t.deepEqual(seen, ['kept']);
  });
});

test('a select that takes another branch has read nothing', async (t) => {
  const { reader } = reading();
  await run(function* () {
    const chosen = yield* select({ bytes: reader.read(), late: sleep(1) });
    t.is(chosen.branch, 'late');
    reader.feed(Buffer.from('x'));
    t.is(String(yield* reader.read()), 'x');
  });
});

test('a second fiber that reads gets BusyError, and the first one its bytes', async (t) => {
  const { reader } = reading();
  await run(function* () {
    const first = yield* spawn(() => reader.readExactly(4));
    yield* yieldNow();
    reader.feed(Buffer.from('ab'));
    t.true((yield* thrownBy(reader.read())) instanceof BusyError);
    reader.feed(Buffer.from('cd'));
    t.is(String(yield* first.join()), 'abcd');
  });
});

test('two branches of one select that read the same stream get BusyError', async (t) => {
  const { reader } = reading();
  const error = await t.throwsAsync(run(() => select({ a: reader.read(), b: reader.read() })));
  t.true(error instanceof BusyError);
});

test('a line over the limit is TooLargeError and stays, even if it comes byte by byte', async (t) => {
  const { reader } = reading();
  await run(function* () {
    const fiber = yield* spawn(() => thrownBy(reader.readLine({ limit: 10 })));
    yield* yieldNow();
    for (let i = 0; i < 10; i++) reader.feed(Buffer.from('a'));
    t.true((yield* fiber.join()) instanceof TooLargeError);
    reader.feed(Buffer.from('\n'));
    t.true((yield* thrownBy(reader.readLine({ limit: 10 }))) instanceof TooLargeError);
    t.is(yield* reader.readLine({ limit: 11 }), 'a'.repeat(10));
  });
});

test('what came before the end can still be read after EndOfStreamError', async (t) => {
  const { reader, log } = reading();
  await run(function* () {
    reader.feed(Buffer.from('abc'));
    reader.end();
    t.regex(String(yield* thrownBy(reader.readExactly(5))), /after 3 of 5 bytes/);
    t.true((yield* thrownBy(reader.readUntil('\n'))) instanceof EndOfStreamError);
    t.is(yield* reader.readLine(), 'abc');
    for (let i = 0; i < 2; i++) {
      t.is(yield* reader.read(), null);
      t.is(yield* reader.readLine(), null);
      t.is(yield* reader.readUntil('\n'), null);
    }
    t.is(String(yield* reader.readExactly(0)), '');
    t.deepEqual(log, ['end seen']);
  });
});

test('what came before the stream broke can still be read, then reading throws', async (t) => {
  const { reader } = reading();
  await run(function* () {
    reader.feed(Buffer.from('abc'));
    reader.fail(() => new IoError('stream.read', Object.assign(new Error('gone'), { code: 'ECONNRESET' })));
    t.is(String(yield* reader.read()), 'abc');
    t.is(((yield* thrownBy(reader.read())) as IoError).system, 'ECONNRESET');
  });
});

test('bad arguments are refused before anything is read', (t) => {
  const { reader } = reading();
  const { writer } = writing();
  for (const wrong of [
    () => reader.read(0),
    () => reader.read(1.5),
    () => reader.readExactly(-1),
    () => reader.readUntil(''),
    () => reader.readUntil(10 as never),
    () => reader.readLine({ limit: 0 }),
    () => writer.write(1 as never),
    () => writer.write(null as never),
  ])
    t.throws(wrong, { instanceOf: ArgumentError });
});

test('a writer waits for room before it writes, and writers go in order', async (t) => {
  const { writer, log, sink } = writing();
  await run(function* () {
    sink.room = 1;
    yield* writer.write('a');
    const fibers: FiberHandle[] = [];
    for (const text of ['b', 'c', 'd']) fibers.push(yield* spawn(() => writer.write(text)));
    fibers.push(yield* spawn(() => writer.end()));
    yield* yieldNow();
    t.deepEqual(log, ['a']);
    sink.room = 2;
    writer.drained();
    t.deepEqual(log, ['a', 'b', 'c']);
    sink.room = 2;
    writer.drained();
    t.deepEqual(log, ['a', 'b', 'c', 'd', 'finish']);
    for (const fiber of fibers) yield* fiber.join();
    t.true((yield* thrownBy(writer.write('e'))) instanceof ClosedError);
    yield* writer.end();
    t.deepEqual(log.filter((entry) => entry === 'finish').length, 1);
  });
});

test('a write that was cancelled while it waited for room was not written', async (t) => {
  const { writer, log, sink } = writing();
  await run(function* () {
    sink.room = 1;
    yield* writer.write('a');
    const waiting = yield* spawn(() => writer.write('lost'));
    const next = yield* spawn(() => writer.write('b'));
    yield* yieldNow();
    yield* cancelled(waiting);
    sink.room = 5;
    writer.drained();
    yield* next.join();
    t.deepEqual(log, ['a', 'b']);
  });
});

test('writers that wait when the other side ends still write; later ones are refused', async (t) => {
  const { writer, log, sink } = writing();
  await run(function* () {
    sink.room = 1;
    yield* writer.write('a');
    const waiting = yield* spawn(() => writer.write('b'));
    yield* yieldNow();
    writer.conclude(() => new IoError('stream.write', Object.assign(new Error('ended'), { code: 'EPIPE' })));
    t.true((yield* thrownBy(writer.write('c'))) instanceof IoError);
    sink.room = 5;
    writer.drained();
    yield* waiting.join();
    t.deepEqual(log, ['a', 'b', 'finish']);
  });
});
