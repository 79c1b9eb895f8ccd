import { once } from 'node:events';
import { event, run, scope, spawn, type Operation, type RunOptions } from 'heddle';
import { connect, listen, type Connection } from 'heddle/net';
import { tasks, type Benchmark, type Subject } from './harness/benchmark.js';
import { pthreadsPeer, threadLimit } from './harness/c-program.js';
import type { Context } from './harness/context.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { series } from './harness/xorshift32.js';
import { tokensPerSecond } from './metric.js';
import { recorded, unrecorded } from './peers/heddle.js';
import { pairPath, socketPairs, type SocketPair } from './peers/socket-pairs.js';

const token = Buffer.from('twelve bytes');
const tokensIn = (pipes: number): number => Math.min(pipes / 4, 128);

/** Where the tokens are in the beginning: as far from each other as can be. */
function starts<T>(writeEnds: readonly T[]): T[] {
  const distance = writeEnds.length / tokensIn(writeEnds.length);
  return writeEnds.filter((_, index) => index % distance === 0);
}

function heddle(options: RunOptions): Subject {
  return (size, context) => run(() => passTokens(size, context), options);
}

function passTokens(size: number, context: Context): Operation<number> {
  const next = series();
  return scope(function* (work) {
    const readEnds: Connection[] = [];
    const writeEnds: Connection[] = [];
    const listener = yield* listen({ path: pairPath() });
    for (let index = 0; index < size; index++) {
      writeEnds.push(yield* connect({ path: pairPath() }));
      readEnds.push(yield* listener.accept());
    }
    listener.close();

    const lap = context.lap(2 * tokensIn(size));
    const over = event();
    function* passOn(readEnd: Connection) {
      do {
        const received = yield* readEnd.readExactly(token.length);
        yield* writeEnds[next() % size]!.write(received);
      } while (lap.tick());
      over.set();
    }
    for (const readEnd of readEnds) yield* spawn(passOn, readEnd);
    for (const writeEnd of starts(writeEnds)) yield* writeEnd.write(token);
    yield* over.wait();
    work.cancel();
    return lap.operationsPerSecond;
  });
}

/** A subject over `node:net`. `passAll` settles when the lap is over; then the sockets go, whoever waits at them. */
function plain(passAll: (pairs: readonly SocketPair[], lap: Lap, next: () => number) => Promise<unknown>): Subject {
  return async (size, context) => {
    const pairs = await socketPairs(size);
    const lap = context.lap(2 * tokensIn(size));
    const passing = passAll(pairs, lap, series());
    for (const writeEnd of starts(pairs.map((pair) => pair.writeEnd))) writeEnd.write(token);
    await passing;
    for (const { readEnd, writeEnd } of pairs) {
      readEnd.destroy();
      writeEnd.destroy();
    }
    return lap.operationsPerSecond;
  };
}

/** The tokens of a chunk. A Unix socket does not tear twelve bytes that find room in it. */
function* tokensOf(chunk: Buffer): Generator<Buffer> {
  if (chunk.length === token.length) yield chunk;
  else for (let at = 0; at < chunk.length; at += token.length) yield chunk.subarray(at, at + token.length);
}

/**
 * The figure of Capriccio's paper (section 5.1.2, there with pipes): n tasks, each at the end of a pair of connected Unix
 * sockets of its own, take a token of 12 bytes out and put it into one of the n pairs, chosen at random so that tokens do not
 * bunch up for good. n/4 tokens are on their way, from 512 pairs on 128: the other tasks idle. Everything happens in one
 * process, on one processor.
 */
export const benchmark: Benchmark = {
  name: 'pipes',
  operation:
    'one of n tasks reads a token of 12 bytes from its socket and writes it into a random one of n; at most 128 tokens, the rest idle',
  metrics: [tokensPerSecond],
  cases: [tasks(8), tasks(128, { quick: false }), tasks(1024), tasks(8192)],
  limits(complaint) {
    return /EMFILE|too many open files/i.test(complaint)
      ? 'more descriptors than the system allows'
      : threadLimit(complaint);
  },
  subjects: {
    heddle: heddle(recorded),
    'heddle-compiled': heddle(recorded),
    'heddle-unrecorded': heddle(unrecorded),

    net: plain(
      (pairs, lap, next) =>
        new Promise<void>((resolve, reject) => {
          const pass = (readEnd: SocketPair['readEnd'], bytes: Buffer): void => {
            const { writeEnd } = pairs[next() % pairs.length]!;
            if (!writeEnd.write(bytes)) {
              readEnd.pause();
              writeEnd.once('drain', () => readEnd.resume());
            }
            if (!lap.tick()) resolve();
          };
          for (const { readEnd, writeEnd } of pairs) {
            readEnd.on('data', (chunk: Buffer) => {
              for (const bytes of tokensOf(chunk)) pass(readEnd, bytes);
            });
            readEnd.on('error', reject);
            writeEnd.on('error', reject);
          }
        }),
    ),

    await: plain((pairs, lap, next) => {
      async function passOn({ readEnd }: SocketPair) {
        for await (const chunk of readEnd) {
          for (const bytes of tokensOf(chunk as Buffer)) {
            const { writeEnd } = pairs[next() % pairs.length]!;
            if (!writeEnd.write(bytes)) await once(writeEnd, 'drain');
            if (!lap.tick()) return;
          }
        }
      }
      return Promise.race(pairs.map(passOn));
    }),

    // Chunks go from the callback to the fiber through a queue.
    async effect(size, context) {
      const { Effect, Queue } = await import('effect');
      const subject = plain((pairs, lap, next) => {
        const passOn = ({ readEnd }: SocketPair) =>
          Effect.gen(function* () {
            const chunks = yield* Queue.unbounded<Buffer>();
            readEnd.on('data', (chunk: Buffer) => Queue.offerUnsafe(chunks, chunk));
            for (;;) {
              for (const bytes of tokensOf(yield* Queue.take(chunks))) {
                const { writeEnd } = pairs[next() % pairs.length]!;
                if (!writeEnd.write(bytes)) yield* Effect.promise(() => once(writeEnd, 'drain'));
                if (!lap.tick()) return;
              }
            }
          });
        return Effect.runPromise(Effect.raceAllFirst(pairs.map(passOn)));
      });
      return subject(size, context);
    },

    go: goPeer,
    pthreads: pthreadsPeer,
  },
};
