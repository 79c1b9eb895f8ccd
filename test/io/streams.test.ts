import { get, type IncomingMessage } from 'node:http';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import {
  ArgumentError,
  BusyError,
  CancelledError,
  ClosedError,
  EndOfStreamError,
  IoError,
  run,
  Runtime,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  TooLargeError,
  until,
  yieldNow,
  type Operation,
} from 'heddle';
import { start } from 'heddle/process';
import {
  byteReader,
  forEachLine,
  fromWeb,
  pipe,
  readAll,
  reader,
  toReadable,
  toWebStream,
  writer,
} from 'heddle/streams';
import { LineSplitter } from '#src/io/streams/line-splitter.js';
import { eventually } from '../support/eventually.js';
import { thrownBy } from '../support/thrown-by.js';

/**
 * Runs `body`, first in, first out and in long slices, so that what yields once has let everybody else begin, and checks
 * that no fiber is left.
 */
async function runs(t: ExecutionContext, body: () => Operation<unknown>): Promise<void> {
  const runtime = new Runtime({ queue: 'fifo', sliceMs: 1000 });
  await runtime.run(body);
  t.is(runtime.loop.spawned, runtime.loop.ended);
}

/** Starts `operation`, cancels it once it waits, and waits until it has stopped. */
function* cancelled(t: ExecutionContext, operation: Operation<unknown>): Operation<void> {
  yield* scope(function* (work) {
    const fiber = work.spawn(function* () {
      t.true((yield* thrownBy(operation)) instanceof CancelledError);
    });
    for (let i = 0; i < 3; i++) yield* yieldNow();
    fiber.cancel();
  });
}

/** All that comes, one by one. */
function* gather<T>(source: { read(): Operation<T | null> }): Operation<T[]> {
  const chunks: T[] = [];
  for (let chunk = yield* source.read(); chunk !== null; chunk = yield* source.read()) chunks.push(chunk);
  return chunks;
}

function listeners(stream: NodeJS.EventEmitter): number {
  const events = ['readable', 'data', 'end', 'error', 'close', 'drain', 'finish'];
  return events.reduce((count, event) => count + stream.listenerCount(event), 0);
}

/** A destination that takes one chunk at a time, when it is told to. */
class Slow extends Writable {
  readonly taken: string[] = [];
  private done: (() => void) | null = null;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(chunk: string, _: string, done: () => void): void {
    this.taken.push(String(chunk));
    this.done = done;
  }

  take(): void {
    const { done } = this;
    this.done = null;
    done!();
  }
}

test('a byte reader reads by length, by delimiter and by line, wherever the chunks end', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = byteReader(stream);
    const reading = yield* spawn(function* () {
      const parts = [yield* input.readLine(), String(yield* input.readExactly(4)), String(yield* input.readUntil(';'))];
      return [...parts, yield* input.readLine(), yield* input.readLine()];
    });
    for (const chunk of ['fir', 'st\r', '\nfo', 'ur', 'un', 'til;la', 'st']) {
      stream.write(chunk);
      yield* sleep(0);
    }
    stream.end();
    t.deepEqual(yield* reading.join(), ['first', 'four', 'until;', 'last', null]);
    t.is(stream.listenerCount('readable'), 0);
  }));

test('a byte reader takes no more than it may hold, and everything arrives', (t) =>
  runs(t, function* () {
    let made = 0;
    const source = Readable.from(
      (function* () {
        while (made < 100) {
          made++;
          yield Buffer.alloc(10_000, made);
        }
      })(),
      { objectMode: false, highWaterMark: 1 },
    );
    const input = byteReader(source);
    yield* input.readExactly(1);
    yield* sleep(5);
    t.true(made < 20, `${made} made`);
    let length = 1;
    yield* input.forEach((chunk) => void (length += chunk.length));
    t.is(length, 1_000_000);
  }));

test('a byte reader of a broken stream, and a closed one, say so', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = byteReader(stream, { own: true });
    const reading = yield* spawn(() => thrownBy(input.readLine()));
    yield* yieldNow();
    stream.destroy();
    t.true((yield* reading.join()) instanceof EndOfStreamError);
    const other = new PassThrough();
    const closing = byteReader(other, { own: true });
    yield* cancelled(t, closing.read());
    closing.close();
    t.true((yield* thrownBy(closing.read())) instanceof ClosedError);
    t.true(other.destroyed);
  }));

test('a reader gets everything and then null, again and again', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = reader(stream);
    const reading = yield* spawn(() => gather(input));
    stream.write('one ');
    yield* sleep(1);
    stream.end('two');
    t.is(Buffer.concat(yield* reading.join()).toString(), 'one two');
    t.is(yield* input.read(), null);
  }));

test('in object mode every object arrives, also those that are falsy', (t) =>
  runs(t, function* () {
    const input = reader<unknown>(Readable.from([1, 0, '', false, { a: 1 }]));
    t.deepEqual(yield* gather(input), [1, 0, '', false, { a: 1 }]);
  }));

test('a cancelled read takes nothing', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = reader(stream);
    yield* cancelled(t, input.read());
    stream.write('x');
    t.is(String(yield* input.read()), 'x');
  }));

test('two fibers that read one stream: the second gets BusyError', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = reader(stream);
    const reading = yield* spawn(() => input.read());
    yield* yieldNow();
    t.true((yield* thrownBy(input.read())) instanceof BusyError);
    stream.write('x');
    t.is(String(yield* reading.join()), 'x');
  }));

test('a stream that is closed before its end is an EndOfStreamError, one that was closed long ago too', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const input = reader(stream);
    const reading = yield* spawn(() => thrownBy(input.read()));
    yield* yieldNow();
    stream.destroy();
    t.true((yield* reading.join()) instanceof EndOfStreamError);
    t.true((yield* thrownBy(input.read())) instanceof EndOfStreamError);
    t.true((yield* thrownBy(reader(stream).read())) instanceof EndOfStreamError);
  }));

test('a reader of a stream at its end, or failed, says so', (t) =>
  runs(t, function* () {
    const ended = Readable.from([]);
    yield* readAll(ended);
    t.is(yield* reader(ended).read(), null);
    const failed = new PassThrough();
    yield* suspend<void>((resume) => void failed.once('error', () => resume()).destroy(new Error('broken')));
    t.like(yield* thrownBy(reader(failed).read()), { message: 'broken' });
  }));

test("a program's own error arrives as it is, the system's as an IoError", (t) =>
  runs(t, function* () {
    const own = new Error('mine');
    const stream = new PassThrough();
    const input = reader(stream);
    stream.destroy(own);
    t.is(yield* thrownBy(input.read()), own);
    const refused = reader(createConnection({ port: 1, host: '127.0.0.1' }), { own: true });
    const error = yield* thrownBy(refused.read());
    t.true(error instanceof IoError);
    t.like(error, { operation: 'stream.read', system: 'ECONNREFUSED' });
  }));

test('what a stream fails with need not be an error', (t) =>
  runs(t, function* () {
    for (const thrown of [undefined, null, 'text']) {
      const stream = new ReadableStream({ pull: (controller) => controller.error(thrown) });
      t.is(yield* thrownBy(fromWeb(stream).read()), thrown);
    }
  }));

test('a borrowed stream is left alive and without listeners when the scope ends; an own one is destroyed', (t) =>
  runs(t, function* () {
    const borrowed = new PassThrough();
    const own = new PassThrough();
    const before = listeners(borrowed);
    yield* scope(function* () {
      reader(borrowed);
      writer(borrowed);
      reader(own, { own: true });
      yield* yieldNow();
    });
    t.is(listeners(borrowed), before);
    t.false(borrowed.destroyed);
    t.true(own.destroyed);
  }));

test('at its end a stream has no listeners left and its reader is no longer tied to the scope', (t) =>
  runs(t, () =>
    scope(function* (work) {
      for (let i = 0; i < 20; i++) {
        const stream = Readable.from(['x']);
        t.is((yield* gather(reader(stream))).length, 1);
        t.is(stream.listenerCount('readable'), 0);
      }
      t.is((work as unknown as { cleanups: Set<unknown> }).cleanups.size, 0);
    }),
  ));

test('a closed reader refuses, and wakes the one who waits', (t) =>
  runs(t, function* () {
    const input = reader(new PassThrough());
    const reading = yield* spawn(() => thrownBy(input.read()));
    yield* yieldNow();
    input.close();
    input.close();
    t.true((yield* reading.join()) instanceof ClosedError);
    t.true((yield* thrownBy(input.read())) instanceof ClosedError);
  }));

test('a reader that is closed refuses, also at the end of its stream and when that has failed', (t) =>
  runs(t, function* () {
    const broken = new Error('broken');
    const ends = [
      reader(Readable.from([])),
      byteReader(Readable.from([])),
      fromWeb(new ReadableStream({ start: (controller) => controller.close() })),
    ];
    const streams = [new PassThrough(), new PassThrough()] as const;
    const failures = [
      reader(streams[0]),
      byteReader(streams[1]),
      fromWeb(new ReadableStream({ start: (controller) => controller.error(broken) })),
    ];
    for (const stream of streams) stream.destroy(broken);
    for (const input of ends) t.is(yield* input.read(), null);
    for (const input of failures) t.is(yield* thrownBy(input.read()), broken);
    for (const input of [...ends, ...failures]) {
      input.close();
      t.true((yield* thrownBy(input.read())) instanceof ClosedError);
    }
  }));

test('writes wait for room, in the order of asking, and a cancelled one is not written', (t) =>
  runs(t, function* () {
    const slow = new Slow();
    const output = writer(slow);
    yield* output.write('a');
    const b = yield* spawn(() => output.write('b'));
    const c = yield* spawn(() => output.write('c'));
    const d = yield* spawn(() => output.write('d'));
    yield* yieldNow();
    t.deepEqual([b.status, c.status, d.status], ['waiting', 'waiting', 'waiting']);
    c.cancel();
    slow.take();
    yield* b.join();
    t.is(d.status, 'waiting', 'there was room for one');
    slow.take();
    yield* d.join();
    t.deepEqual(slow.taken, ['a', 'b', 'd']);
    slow.take();
    yield* output.finish();
    t.true(slow.writableFinished);
  }));

test('the end comes behind what was written before it; what comes after it is refused', (t) =>
  runs(t, function* () {
    const slow = new Slow();
    const output = writer(slow);
    yield* output.write('a');
    const before = yield* spawn(() => output.write('b'));
    const finishing = yield* spawn(() => output.finish());
    const after = yield* spawn(() => thrownBy(output.write('c')));
    for (let i = 0; i < 2; i++) yield* yieldNow();
    t.deepEqual([before.status, finishing.status, after.status], ['waiting', 'waiting', 'waiting']);
    slow.take();
    yield* before.join();
    slow.take();
    yield* finishing.join();
    t.true((yield* after.join()) instanceof ClosedError);
    t.true((yield* thrownBy(output.write('d'))) instanceof ClosedError);
    yield* output.end();
    yield* output.finish();
    t.deepEqual(slow.taken, ['a', 'b']);
  }));

test('a cancelled end has not ended the stream', (t) =>
  runs(t, function* () {
    const slow = new Slow();
    const output = writer(slow);
    yield* output.write('a');
    yield* cancelled(t, output.end());
    slow.take();
    yield* output.write('b');
    t.deepEqual(slow.taken, ['a', 'b']);
  }));

test('a destination that fails tells everybody who waits', (t) =>
  runs(t, function* () {
    const slow = new Slow();
    const output = writer(slow);
    const error = new Error('disk on fire');
    yield* output.write('a');
    const fibers = [yield* spawn(() => thrownBy(output.write('b'))), yield* spawn(() => thrownBy(output.broken()))];
    yield* yieldNow();
    slow.destroy(error);
    for (const fiber of fibers) t.is(yield* fiber.join(), error);
    t.is(yield* thrownBy(output.write('c')), error);
    t.is(yield* thrownBy(output.finish()), error);
  }));

test('what a stream cannot take is an ArgumentError, and the stream goes on', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    const output = writer<unknown>(stream);
    t.true((yield* thrownBy(output.write(7))) instanceof ArgumentError);
    t.true((yield* thrownBy(output.write(null))) instanceof ArgumentError);
    yield* output.write('x');
    t.is(stream.read().toString(), 'x');
    t.throws(() => reader({} as never), { instanceOf: ArgumentError });
    t.throws(() => writer(undefined as never), { instanceOf: ArgumentError });
  }));

test('a pipe through gzip and back is the identity', (t) =>
  runs(t, function* () {
    const data = Buffer.alloc(3_000_000, 'all work and no play ');
    const packed = createGzip();
    const unpacked = createGunzip();
    yield* spawn(() => pipe(Readable.from([data.subarray(0, 1_000_000), data.subarray(1_000_000)]), packed));
    yield* spawn(() => pipe(packed, unpacked));
    t.true((yield* readAll(unpacked)).equals(data));
  }));

test('a pipe goes no faster than its destination', (t) =>
  runs(t, function* () {
    const slow = new Slow();
    let made = 0;
    const source = Readable.from(
      (function* () {
        while (made < 100) yield String(made++);
      })(),
      { highWaterMark: 1 },
    );
    const copying = yield* spawn(() => pipe(source, slow));
    for (let i = 0; i < 10; i++) {
      yield* sleep(1);
      t.true(made <= slow.taken.length + 4);
      slow.take();
    }
    copying.cancel();
    yield* thrownBy(copying.join());
    t.true(source.destroyed && slow.destroyed);
  }));

test('a destination that breaks stops a pipe whose source is silent', (t) =>
  runs(t, function* () {
    const source = new PassThrough();
    const destination = new PassThrough();
    const error = new Error('gone');
    const copying = yield* spawn(() => thrownBy(pipe(source, destination)));
    yield* sleep(1);
    destination.destroy(error);
    t.is(yield* copying.join(), error);
    t.true(source.destroyed);
  }));

test('a destination that is not to be ended is left open and without listeners', (t) =>
  runs(t, function* () {
    const destination = new PassThrough();
    const before = listeners(destination);
    yield* pipe(Readable.from(['a']), destination, { end: false });
    yield* pipe(
      new ReadableStream<string>({
        start(controller) {
          controller.enqueue('b');
          controller.close();
        },
      }),
      destination,
      { end: false },
    );
    yield* thrownBy(pipe(new PassThrough().destroy(), destination, { end: false }));
    t.is(listeners(destination), before);
    // From Node 26 on a `read` gives one chunk.
    t.is(`${destination.read()}${destination.read() ?? ''}`, 'ab');
    t.true(destination.writable);
  }));

test('readAll stops at its limit and destroys the stream', (t) =>
  runs(t, function* () {
    const stream = Readable.from(['abc', 'def']);
    t.true((yield* thrownBy(readAll(stream, { limit: 5 }))) instanceof TooLargeError);
    t.true(stream.destroyed);
    t.is((yield* readAll(Readable.from(['abc', 'def']), { limit: 6 })).toString(), 'abcdef');
    t.true((yield* thrownBy(readAll(Readable.from([{}])))) instanceof ArgumentError);
    const silent = new PassThrough();
    yield* cancelled(t, readAll(silent));
    t.true(silent.destroyed);
  }));

test('readAll reads on from a reader, and leaves it as it is', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    stream.end('one\ntwo\nthree');
    const input = byteReader(stream);
    t.is(yield* input.readLine(), 'one');
    t.is(String(yield* readAll(input)), 'two\nthree');
    const silent = new PassThrough();
    const open = reader(silent);
    yield* cancelled(t, readAll(open));
    silent.write('more');
    t.is(String(yield* open.read()), 'more');
    t.true((yield* thrownBy(readAll('text' as never))) instanceof ArgumentError);
    for (const make of [reader, byteReader]) t.throws(() => make(open as never), { instanceOf: ArgumentError });
  }));

test('a reply of node:http that breaks off is an IoError for its reader', (t) =>
  runs(t, function* () {
    const server = createServer((socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc', () => socket.destroy());
    });
    yield* suspend<void>((resume) => void server.listen(0, '127.0.0.1', resume));
    const reply = yield* suspend<IncomingMessage>((resume) => {
      get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resume);
    });
    const error = yield* thrownBy(readAll(reply));
    t.true(error instanceof IoError);
    t.like(error, { operation: 'stream.read', system: 'ECONNRESET' });
    server.close();
  }));

test('a connection that the other side resets is an IoError for its reader', (t) =>
  runs(t, function* () {
    const server = createServer((socket: Socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    yield* suspend<void>((resume) => void server.once('listening', () => resume()));
    const { port } = server.address() as { port: number };
    const error = yield* thrownBy(readAll(createConnection(port, '127.0.0.1')));
    t.like(error, { code: 'ERR_HEDDLE_IO', system: 'ECONNRESET' });
    server.close();
  }));

test('a web stream: what comes for a cancelled read is kept for the next', (t) =>
  runs(t, function* () {
    let feed!: (chunk: string) => void;
    let end!: () => void;
    const stream = new ReadableStream<string>({
      start(controller) {
        feed = (chunk) => controller.enqueue(chunk);
        end = () => controller.close();
      },
    });
    const input = fromWeb(stream);
    yield* cancelled(t, input.read());
    feed('a');
    feed('b');
    yield* sleep(1);
    t.is(yield* input.read(), 'a');
    t.is(yield* input.read(), 'b');
    end();
    t.is(yield* input.read(), null);
    t.is(yield* input.read(), null);
    t.false(stream.locked);
  }));

test('a web stream is unlocked when the scope ends, and cancelled if it is own', (t) =>
  runs(t, function* () {
    const reasons: unknown[] = [];
    const silent = (): ReadableStream<string> =>
      new ReadableStream<string>({ cancel: () => void reasons.push('cancelled') });
    const borrowed = silent();
    yield* scope(function* () {
      const input = fromWeb(borrowed);
      yield* cancelled(t, input.read());
    });
    t.false(borrowed.locked);
    t.deepEqual(reasons, []);
    const own = silent();
    yield* scope(function* () {
      fromWeb(own, { own: true });
      yield* yieldNow();
    });
    t.false(own.locked);
    t.deepEqual(reasons, ['cancelled']);
    const failing = fromWeb(new ReadableStream({ pull: () => Promise.reject(new Error('broken')) }));
    t.like(yield* thrownBy(failing.read()), { message: 'broken' });
  }));

for (const [name, make] of [
  [
    'a Node stream',
    (producer: Parameters<typeof toReadable<string>>[0]) => toReadable<string>(producer, { highWaterMark: 1 }),
  ],
  ['a web stream', (producer: Parameters<typeof toReadable<string>>[0]) => toWebStream<string>(producer)],
] as const) {
  const read = (stream: Readable | ReadableStream<string>): Operation<Buffer> => readAll(stream as Readable);

  test(`${name} that a fiber feeds delivers what it pushes`, (t) =>
    runs(t, function* () {
      const stream = make(function* (push) {
        for (let i = 0; i < 100; i++) {
          if (i % 10 === 0) yield* sleep(0);
          yield* push(`${i},`);
        }
      });
      t.is((yield* read(stream)).toString(), Array.from({ length: 100 }, (_, i) => `${i},`).join(''));
    }));

  test(`${name} that a fiber feeds is made no faster than it is read`, (t) =>
    runs(t, function* () {
      let made = 0;
      yield* scope(function* (work) {
        make(function* (push) {
          for (;;) {
            yield* push('x');
            made++;
          }
        });
        yield* sleep(5);
        work.cancel();
      });
      t.true(made <= 2, `${made} made`);
    }));

  test(`${name}: its consumer's going cancels the fiber, whose cleaning up runs`, (t) =>
    runs(t, function* () {
      const log: string[] = [];
      const stream = make(function* (push) {
        try {
          for (;;) yield* push('x');
        } finally {
          log.push('cleaned up');
        }
      });
      yield* sleep(1);
      if (stream instanceof Readable) stream.destroy();
      else yield* until(stream.cancel());
      yield* eventually(() => log.length > 0);
      t.deepEqual(log, ['cleaned up']);
    }));

  test(`${name}: a producer that returns its chunk in place of pushing it is told how to write it`, (t) =>
    runs(t, function* () {
      for (const chunk of ['text', Buffer.from('bytes')]) {
        const stream = make(function* () {
          yield* sleep(0);
          return chunk;
        });
        t.regex(
          String(yield* thrownBy(read(stream))),
          /returned .*: write `function\* \(push\) \{ yield\* push\(chunk\); \}`/,
        );
      }
      const counted = make(function* (push) {
        yield* push('a');
        return 'one';
      });
      t.is((yield* read(counted)).toString(), 'a');
    }));

  test(`${name}: whoever still waits to push when it is over is told, in a shield and in fibers of their own`, (t) =>
    runs(t, function* () {
      for (const how of ['is left', 'ends']) {
        const told: unknown[] = [];
        const stream = make(function* (push) {
          const more = function* (): Operation<void> {
            for (;;) yield* push('x');
          };
          yield* spawn(function* () {
            told.push(yield* thrownBy(shield(more())));
          });
          if (how === 'is left') yield* suspend();
          else yield* sleep(5);
        });
        yield* sleep(10);
        if (stream instanceof Readable) stream.destroy();
        else yield* until(stream.cancel());
        while (told.length === 0) yield* sleep(1);
        t.true(told[0] instanceof ClosedError, `it ${how}`);
      }
    }));

  test(`${name}: the fiber's failure is the consumer's to see, and not the scope's`, (t) =>
    runs(t, function* () {
      const error = new Error('out of ideas');
      const stream = make(function* (push) {
        yield* push('x');
        throw error;
      });
      t.is(yield* thrownBy(read(stream)), error);
    }));

  test(`${name}: a scope that is cancelled breaks the stream off`, (t) =>
    runs(t, function* () {
      let stream!: Readable | ReadableStream<string>;
      let reading!: { join(): Operation<unknown> };
      yield* scope(function* (outer) {
        yield* scope(function* (work) {
          stream = make(function* (push) {
            yield* push('x');
            yield* suspend();
          });
          reading = outer.spawn(() => thrownBy(read(stream)));
          yield* sleep(1);
          work.cancel();
        });
        t.true((yield* reading.join()) instanceof EndOfStreamError);
      });
    }));
}

test('what a fiber that feeds a Node stream throws may be anything', (t) =>
  runs(t, function* () {
    const thrown: object = Object.create(null);
    const stream = toReadable(function* () {
      throw thrown;
    });
    t.is(((yield* thrownBy(readAll(stream))) as Error).cause, thrown);
  }));

test('what a stream of bytes cannot take is an error of the fiber that feeds it, and the stream goes on', (t) =>
  runs(t, function* () {
    for (const chunk of [7, {}, ['x'], null]) {
      let error: unknown;
      const stream = toReadable<unknown>(function* (push) {
        error = yield* thrownBy(push(chunk));
        yield* push('text and ');
        yield* push(new Uint8Array([0x78]));
      });
      t.is((yield* readAll(stream)).toString(), 'text and x');
      t.true(error instanceof ArgumentError);
    }
    const objects = toReadable<unknown>((push) => push(7), { objectMode: true });
    t.is(yield* reader<unknown>(objects).read(), 7);
  }));

test('what a web stream cannot measure is an error of the fiber that feeds it, at once and later', (t) =>
  runs(t, function* () {
    const failure = new Error('of no size');
    const size = (chunk: string): number => {
      if (chunk === 'large') throw failure;
      return 1;
    };
    for (const before of [[], ['small']]) {
      let error: unknown;
      const stream = toWebStream<string>(
        function* (push) {
          for (const chunk of before) yield* push(chunk);
          error = yield* thrownBy(push('large'));
          throw error;
        },
        { highWaterMark: 1, size },
      );
      yield* sleep(5);
      if (before.length > 0) yield* until(stream.getReader().read());
      yield* eventually(() => error !== undefined);
      t.is(error, failure);
    }
  }));

test('a web stream that buffers nothing serves all who read it at once', (t) =>
  runs(t, function* () {
    const stream = toWebStream<string>(
      function* (push) {
        for (const chunk of ['a', 'b', 'c']) yield* push(chunk);
      },
      { highWaterMark: 0 },
    );
    const input = stream.getReader();
    const chunks = yield* until(Promise.all([input.read(), input.read(), input.read(), input.read()]));
    t.deepEqual(
      chunks.map(({ value }) => value),
      ['a', 'b', 'c', undefined],
    );
  }));

test("the failure of a fiber that feeds a stream nobody listens to is its scope's", (t) =>
  runs(t, function* () {
    const error = new Error('out of ideas');
    const failing = scope(function* () {
      toReadable(function* () {
        yield* yieldNow();
        throw error;
      });
      yield* yieldNow();
    });
    t.is(yield* thrownBy(failing), error);
  }));

test('lines come out the same wherever the chunks end', (t) => {
  const text = fc.array(fc.constantFrom('a', 'ü', '€', '😀', '\n', '\r\n', '\r', ' ')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(8)), (content, cuts) => {
      const bytes = Buffer.from(content);
      const splitter = new LineSplitter(1000, 'utf8');
      const lines: string[] = [];
      let position = 0;
      for (const cut of [...cuts, bytes.length]) {
        splitter.feed(bytes.subarray(position, position + cut));
        position += cut;
        for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line);
      }
      splitter.end();
      for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line);
      const expected = content.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      t.deepEqual(lines, expected);
    }),
  );
});

test('a line over the limit is refused, before its end has come', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    stream.write('short\nmuch too long');
    const lines: string[] = [];
    const reading = forEachLine(stream, (line) => void lines.push(line), { limit: 5 });
    t.true((yield* thrownBy(reading)) instanceof TooLargeError);
    t.deepEqual(lines, ['short']);
    t.true(stream.destroyed);
  }));

test('an encoding in which a line feed is more than a byte is refused before anything is read', (t) =>
  runs(t, function* () {
    const stream = Readable.from([Buffer.from('a\nb', 'utf16le')]);
    const reading = forEachLine(stream, () => t.fail(), { encoding: 'utf16le' });
    const error = yield* thrownBy(reading);
    t.true(error instanceof ArgumentError);
    t.regex(String(error), /TextDecoderStream/);
    t.false(stream.destroyed);
  }));

test('a web stream is read by lines, too', async (t) => {
  const lines: string[] = [];
  await run(() => forEachLine(new Blob(['a\nb', 'c\r\nd']).stream(), (line) => void lines.push(line)));
  t.deepEqual(lines, ['a', 'bc', 'd']);
});

test('objects in a stream of bytes are the failure of who reads it, whenever they come', (t) =>
  runs(t, function* () {
    const late = new Readable({ objectMode: true, read() {} });
    const input = byteReader(late);
    const reading = yield* spawn(() => thrownBy(input.read()));
    yield* sleep(1);
    late.push({});
    t.true((yield* reading.join()) instanceof ArgumentError);
    t.true((yield* thrownBy(input.read())) instanceof ArgumentError);
    t.true((yield* thrownBy(byteReader(Readable.from([{}])).read())) instanceof ArgumentError);
  }));

test('who waits for a destination to break hears that it has ended well', (t) =>
  runs(t, function* () {
    const stream = new PassThrough();
    stream.resume();
    const output = writer(stream);
    const watching = yield* spawn(() => output.broken());
    yield* yieldNow();
    yield* output.finish();
    t.is(yield* watching.join(), undefined);
    t.is(yield* output.broken(), undefined);
  }));

test('a program that has read what it wanted of its standard input ends, though more may come', (t) =>
  runs(t, function* () {
    for (const door of ['reader', 'byteReader']) {
      const script = `
        import { main } from 'heddle';
        import { ${door} } from 'heddle/streams';
        main(function* () {
          yield* ${door}(process.stdin).read();
        });`;
      const child = yield* start(process.execPath, ['--input-type=module', '-e', script]);
      yield* child.stdin.write('hello');
      t.is((yield* child.wait()).code, 0);
    }
  }));
