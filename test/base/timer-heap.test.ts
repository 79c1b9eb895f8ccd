import test from 'ava';
import fc from 'fast-check';
import { InternalError } from '#src/base/errors.js';
import { Random } from '#src/base/random.js';
import { TimerHeap } from '#src/base/timer-heap.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(200);

class Timer {
  timerIndex = -1;
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/** Takes out what is due first, as `Timers` do. */
function pop(heap: TimerHeap<Timer>): Timer | undefined {
  const first = heap.peek();
  if (first !== undefined) heap.remove(first);
  return first;
}

type Step =
  | { readonly kind: 'push'; readonly at: number }
  | { readonly kind: 'pop' }
  | { readonly kind: 'remove'; readonly which: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  // Few different times, so that ties are common.
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push'), at: fc.integer({ min: -3, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('push'), at: fc.double({ noNaN: true }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pop') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), which: fc.nat() }) },
) as fc.Arbitrary<Step>;

test('a timer heap does what an array sorted by time and arrival does', (t) => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 300 }), (program) => {
      const sorted: Timer[] = [];
      const heap = new TimerHeap<Timer>();
      for (const step of program) {
        if (step.kind === 'push') {
          const timer = new Timer(step.at);
          const after = sorted.findIndex((other) => other.at > timer.at);
          sorted.splice(after === -1 ? sorted.length : after, 0, timer);
          heap.push(timer, timer.at);
        } else if (step.kind === 'pop') {
          const first = sorted.shift();
          t.is(pop(heap), first);
          if (first !== undefined) t.is(first.timerIndex, -1);
        } else if (sorted.length > 0) {
          const [timer] = sorted.splice(step.which % sorted.length, 1);
          t.true(heap.remove(timer!));
          t.is(timer!.timerIndex, -1);
          t.false(heap.remove(timer!));
        }
        heap.validate();
        t.is(heap.nextAt, sorted[0]?.at ?? Infinity);
      }
      for (const timer of sorted) t.is(pop(heap), timer);
      t.is(pop(heap), undefined);
    }),
    { numRuns },
  );
});

test('a hundred thousand timers leave in order, and the heap lets go of the memory', (t) => {
  const random = new Random(7);
  const heap = new TimerHeap<Timer>();
  const timers = Array.from({ length: 100_000 }, () => new Timer(random.below(1000)));
  for (const timer of timers) heap.push(timer, timer.at);
  for (let i = 0; i < timers.length; i += 2) heap.remove(timers[i]!);
  heap.validate();
  let previous = -Infinity;
  for (let timer = pop(heap); timer !== undefined; timer = pop(heap)) {
    if (timer.at < previous) t.fail(`${timer.at} after ${previous}`);
    previous = timer.at;
  }
  t.notThrows(() => heap.validate(), 'the arrays are too large');
});

test('an item of another heap is not removed', (t) => {
  const [one, other] = [new TimerHeap<Timer>(), new TimerHeap<Timer>()];
  const [a, b] = [new Timer(1), new Timer(1)];
  one.push(a, 1);
  other.push(b, 1);
  t.false(one.remove(b));
  t.is(pop(one), a);
  t.is(pop(one), undefined);
});

test('an item that is in a heap already, and a time that is not a number, are refused', (t) => {
  const heap = new TimerHeap<Timer>();
  const timer = new Timer(1);
  heap.push(timer, 1);
  t.throws(() => heap.push(timer, 2), { instanceOf: InternalError });
  t.throws(() => heap.push(new Timer(0), NaN), { instanceOf: InternalError });
  heap.validate();
});
