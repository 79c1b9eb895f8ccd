import test from 'ava';
import fc from 'fast-check';
import { InternalError } from '#src/base/errors.js';
import { BinaryHeap } from '#src/base/binary-heap.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(200);

interface Entry {
  key: number;
  readonly order: number;
  heapIndex: number;
}

const isBefore = (a: Entry, b: Entry): boolean => a.key < b.key || (a.key === b.key && a.order < b.order);

test('a heap keeps the smallest on top while keys change and objects come and go', (t) => {
  const key = fc.integer({ min: 0, max: 20 });
  const step = fc.record({ kind: fc.constantFrom('push', 'push', 'remove', 'update'), which: fc.nat(), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (program) => {
      const entries: Entry[] = [];
      const heap = new BinaryHeap<Entry>(isBefore);
      program.forEach(({ kind, which, key }, order) => {
        const index = which % entries.length;
        if (kind === 'push') {
          const entry = { key, order, heapIndex: -1 };
          entries.push(entry);
          heap.push(entry);
        } else if (entries.length === 0) return;
        else if (kind === 'remove') {
          const [entry] = entries.splice(index, 1);
          t.true(heap.remove(entry!));
          t.is(entry!.heapIndex, -1);
          t.false(heap.remove(entry!));
        } else {
          entries[index]!.key = key;
          heap.update(entries[index]!);
        }
        heap.validate();
        t.is(heap.size, entries.length);
        t.is(heap.peek(), [...entries].sort((a, b) => (isBefore(a, b) ? -1 : 1))[0]);
        t.true([...heap].every((entry) => entries.includes(entry)));
      });
    }),
    { numRuns },
  );
});

test('an object that is in a heap already is refused', (t) => {
  const heap = new BinaryHeap<Entry>(isBefore);
  const entry = { key: 1, order: 0, heapIndex: -1 };
  heap.push(entry);
  t.throws(() => heap.push(entry), { instanceOf: InternalError });
});
