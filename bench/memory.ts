import type { Deferred as DeferredType } from 'effect';
import { event, run, scope, spawn, yieldNow, type Event, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import { ParkedHeap } from './harness/parked-heap.js';
import { bytesPerTask } from './metric.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';
import { startWorker } from './peers/worker.js';

function heddle(size: number, options: RunOptions): Promise<number> {
  const events: Event[] = [];
  function* parked() {
    const own = event();
    events.push(own);
    yield* own.wait();
  }
  return run(function* () {
    const heap = new ParkedHeap();
    let bytes = 0;
    yield* scope(function* (work) {
      for (let index = 0; index < size; index++) yield* spawn(parked);
      while (events.length < size) yield* yieldNow();
      bytes = heap.bytesPer(events.length);
      work.cancel();
    });
    return bytes;
  }, options);
}

/**
 * How much one suspended task holds: the growth of the collected heap, divided by n. Each waits for something of its own that
 * somebody could let it go on by, and nobody does: an event, the resolver of a promise, a deferred, a channel. Workers and
 * goroutines have stacks outside the heap: the process's growth counts (for Go what its runtime took from the system).
 */
export const benchmark: Benchmark = {
  name: 'memory',
  operation: 'a task that waits for something of its own, which others hold',
  metrics: [bytesPerTask],
  cases: [tasks(100), tasks(10_000), tasks(100_000), tasks(1_000_000, { quick: false })],
  takesPart(subject, size) {
    if (subject === 'worker_threads') return size === 100;
    // What Go's runtime takes from the system at a time, and what goes of Effect
    // after it was loaded, is more than 100 tasks hold.
    if (subject === 'go' || subject === 'effect') return size > 100;
    // Only to spawn 100,000 takes effection 20 s.
    return subject !== 'effection' || size <= 10_000;
  },
  limits: (complaint) => (complaint.includes('heap out of memory') ? 'out of memory' : undefined),
  // Code that is no longer used, and would be thrown away in between, is more than 100 tasks hold.
  nodeOptions: ['--max-old-space-size=8192', '--no-flush-bytecode'],
  subjects: {
    heddle: (size) => heddle(size, recorded),
    'heddle-unrecorded': (size) => heddle(size, unrecorded),

    generator(size) {
      function* parked(): generator.Body {
        yield generator.PARK;
      }
      const heap = new ParkedHeap();
      const all = Array.from({ length: size }, () => generator.spawn(parked()));
      generator.runAll();
      return heap.bytesPer(all.length);
    },

    async await(size) {
      const resolvers: (() => void)[] = [];
      async function parked() {
        await new Promise<void>((resolve) => resolvers.push(resolve));
      }
      const heap = new ParkedHeap();
      for (let index = 0; index < size; index++) void parked();
      await undefined;
      return heap.bytesPer(resolvers.length);
    },

    async worker_threads(size) {
      const before = process.memoryUsage.rss();
      const workers = await Promise.all(Array.from({ length: size }, () => startWorker({ role: 'parked' })));
      const bytes = (process.memoryUsage.rss() - before) / size;
      await Promise.all(workers.map((worker) => worker.terminate()));
      return bytes;
    },

    async effect(size) {
      const { Deferred, Effect } = await import('effect');
      const gates: DeferredType.Deferred<void>[] = [];
      const parked = Effect.gen(function* () {
        const own = yield* Deferred.make<void>();
        gates.push(own);
        yield* Deferred.await(own);
      });
      return Effect.runPromise(
        Effect.gen(function* () {
          const heap = new ParkedHeap();
          for (let index = 0; index < size; index++) yield* Effect.forkChild(parked);
          while (gates.length < size) yield* Effect.yieldNow;
          return heap.bytesPer(gates.length);
        }),
      );
    },

    async effection(size) {
      const effection = await import('effection');
      const resolvers: (() => void)[] = [];
      function* parked() {
        const { operation, resolve } = effection.withResolvers<void>();
        resolvers.push(resolve);
        yield* operation;
      }
      return effection.run(function* () {
        const heap = new ParkedHeap();
        for (let index = 0; index < size; index++) yield* effection.spawn(parked);
        yield* effection.sleep(1);
        return heap.bytesPer(resolvers.length);
      });
    },

    go: goPeer,
  },
};
