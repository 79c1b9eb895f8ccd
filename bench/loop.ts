import { run, type Operation } from 'heddle';
import type { Benchmark, Subject } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import { nanosecondsPerOperation } from './metric.js';

const iterations = 20_000_000;
const items: readonly number[] = Array.from({ length: 1000 }, (_, index) => index);

/** Arrays of the kinds that V8 tells apart, which a large program has seen all of. */
const kinds: readonly (readonly unknown[])[] = [1, 0.5, {}].flatMap((item) => {
  const packed = items.map(() => item);
  const holey = packed.slice();
  holey[1500] = item;
  return [packed, holey];
});

const loops: readonly (() => Operation<number>)[] = [
  // oxlint-disable-next-line require-yield
  function* integers() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += i & 7;
    return sum;
  },
  // oxlint-disable-next-line require-yield
  function* table() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum = (sum + items[i % 1000]!) | 0;
    return sum;
  },
  // oxlint-disable-next-line require-yield
  function* forOf() {
    let sum = 0;
    for (let turn = 0; turn < iterations / 1000; turn++) for (const item of items) sum += item & 3;
    return sum;
  },
  // oxlint-disable-next-line require-yield
  function* fractions() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += i * 0.5;
    return sum;
  },
  function* forOfKinds() {
    for (let turn = 0; turn < 100; turn++) for (const kind of kinds) yield* ones(kind);
    let sum = 0;
    for (let turn = 0; turn < iterations / 1000; turn++) for (const item of items) sum += item & 3;
    return sum;
  },
];

// oxlint-disable-next-line require-yield
function* ones(list: readonly unknown[]): Operation<number> {
  let found = 0;
  for (const item of list) if (item === 1) found++;
  return found;
}

const loopsAsync: readonly (() => Promise<number>)[] = [
  async function integers() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += i & 7;
    return sum;
  },
  async function table() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum = (sum + items[i % 1000]!) | 0;
    return sum;
  },
  async function forOf() {
    let sum = 0;
    for (let turn = 0; turn < iterations / 1000; turn++) for (const item of items) sum += item & 3;
    return sum;
  },
  async function fractions() {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += i * 0.5;
    return sum;
  },
  async function forOfKinds() {
    for (let turn = 0; turn < 100; turn++) for (const kind of kinds) await onesAsync(kind);
    let sum = 0;
    for (let turn = 0; turn < iterations / 1000; turn++) for (const item of items) sum += item & 3;
    return sum;
  },
];

async function onesAsync(list: readonly unknown[]): Promise<number> {
  let found = 0;
  for (const item of list) if (item === 1) found++;
  return found;
}

const timed =
  (work: (size: number) => unknown): Subject =>
  (size, context) =>
    context.batches(iterations, async () => {
      const start = performance.now();
      await work(size);
      return (performance.now() - start) * 1e6;
    });

const heddle: Subject = timed((size) => run(loops[size]!));

/** One operation: one iteration of a short loop in a fiber, which compiled code can leave when its slice is over. */
export const benchmark: Benchmark = {
  name: 'loop',
  operation: 'one iteration of a short loop in a fiber',
  metrics: [nanosecondsPerOperation],
  cases: [
    { name: 'integers', size: 0 },
    { name: 'table', size: 1 },
    { name: 'for-of', size: 2 },
    { name: 'fractions', size: 3 },
    { name: 'for-of-kinds', size: 4 },
  ],
  subjects: {
    heddle,
    'heddle-compiled': heddle,
    // The loop of a bare generator, with nobody who could interrupt it.
    generator: timed((size) => loops[size]!()[Symbol.iterator]().next()),
    await: timed((size) => loopsAsync[size]!()),
    go: goPeer,
  },
};
