import test from 'ava';
import fc from 'fast-check';
import { Deque } from '#src/base/deque.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(200);

/** Both sides of the same step: what the array says and what the deque says. */
type Step = (array: number[], deque: Deque<number>) => [unknown, unknown];

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.integer().map<Step>((x) => (array, deque) => [void array.push(x), deque.pushBack(x)]),
  fc.constant<Step>((array, deque) => [array.shift(), deque.popFront()]),
  fc.constant<Step>((array, deque) => [array.pop(), deque.popBack()]),
  fc.integer({ min: -2, max: 40 }).map<Step>((i) => (array, deque) => [array[i], deque.get(i)]),
  fc.integer({ min: 1, max: 100 }).map<Step>((n) => (array, deque) => {
    for (let i = 0; i < n; i++) {
      array.push(i);
      deque.pushBack(i);
    }
    return [array.length, deque.size];
  }),
  fc.integer({ min: 1, max: 100 }).map<Step>((n) => (array, deque) => {
    array.splice(0, n);
    for (let i = 0; i < n; i++) deque.popFront();
    return [array.length, deque.size];
  }),
  fc.constant<Step>((array, deque) => {
    array.length = 0;
    return [undefined, deque.clear()];
  }),
);

test('a deque does what an array does', (t) => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 200 }), (program) => {
      const array: number[] = [];
      const deque = new Deque<number>();
      for (const step of program) {
        const [wanted, got] = step(array, deque);
        t.is(got, wanted);
        t.is(deque.size, array.length);
        deque.validate();
      }
      t.deepEqual([...deque], array);
    }),
    { numRuns },
  );
});

test('what leaves a deque is not kept alive by it', (t) => {
  const deque = new Deque<object>();
  for (let i = 0; i < 5; i++) deque.pushBack({});
  deque.popFront();
  deque.popBack();
  t.notThrows(() => deque.validate(), 'a free slot holds something');
});

test('a burst pins no memory', (t) => {
  const deque = new Deque<number>();
  for (let i = 0; i < 100_000; i++) deque.pushBack(i);
  for (let i = 0; i < 99_999; i++) t.is(deque.popFront(), i);
  t.notThrows(() => deque.validate(), 'the buffer is too large');
  t.deepEqual([...deque], [99_999]);
});

test('undefined is an element like any other', (t) => {
  const deque = new Deque<undefined>();
  deque.pushBack(undefined);
  t.is(deque.size, 1);
  t.is(deque.popFront(), undefined);
  t.is(deque.size, 0);
});

test('a deque keeps the room that it was asked to keep, and no more', (t) => {
  const deque = new Deque<number>(50);
  const copies = new Set<unknown>();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 64; i++) deque.pushBack(i);
    for (let i = 0; i < 64; i++) t.is(deque.popFront(), i);
    deque.validate();
    copies.add((deque as unknown as { items: unknown }).items);
  }
  t.is(copies.size, 1);
  for (let i = 0; i < 1000; i++) deque.pushBack(i);
  while (deque.popBack() !== undefined) deque.validate();
});
