import * as lazy from 'lazy-collections';

const { batch, chunk, compact, concat, every, filter, find, first, flatMap, flatten, generate, groupBy, head, join, map, max, partition, pipe, product, range, reduce, reverse, skip, slice, sort, sum, take, takeWhile, tap, toArray, toLength, toSet, unique, where, windows, zip } = lazy;

export default async function usage(log) {
  log(pipe(map((x) => x * 2), filter((x) => x % 4 === 0), take(5), toArray())(range(0, 1_000_000)));
  log(pipe(concat([1], new Set([2]), range(3, 5)), toArray())(), pipe(concat('ab', [1], [2]), take(3), toArray())(), pipe(concat(), toArray())(), pipe(concat(range(0, 2), [[5]]), flatten(), toArray())(), pipe(flatten(), toArray())([1, [2, [3, [4]]]]), pipe(flatten({ shallow: true }), toArray())([1, [2, [3]]]), pipe(flatMap((x) => [x, x * 10]), toArray())([1, 2]));
  log(pipe(chunk(2), toArray())([1, 2, 3]), pipe(windows(2), toArray())([1, 2, 3]), pipe(compact(), toArray())([0, 1, '', 2]), pipe(reverse(), toArray())([1, 2]), pipe(sort((a, b) => b - a), toArray())([1, 3, 2]));
  log(pipe(skip(1), slice(0, 2), toArray())([1, 2, 3, 4]), pipe(takeWhile((x) => x < 3), toArray())([1, 2, 3]), pipe(unique(), toArray())([1, 1, 2]), pipe(where({ a: 1 }), toArray())([{ a: 1 }, { a: 2 }]), pipe(zip(), toArray())([[1, 2], ['a', 'b']]));
  log(every((x) => x > 0)([1]), find((x) => x > 1)([1, 2]), first()([5]), head()([6]), join('-')([1, 2]), max()([1, 3]), sum()([1, 2]), product()([2, 3]), toLength()([1]), toSet()([1, 1]), partition((x) => x > 1)([1, 2]), groupBy((x) => x % 2)([1, 2, 3]), reduce((a, b) => a + b, 0)([1, 2]));
  let n = 0;
  log(pipe(generate(() => n++), take(3), tap((x) => log('saw', x)), toArray())());
  log(await pipe(map(async (x) => x * 2), batch(2), toArray())([1, 2, 3]), await pipe(concat((async function* () { yield 1; })(), [2]), toArray())());
  log(pipe(filter((x) => x % 1000 === 0), toArray())(range(0, 5000)));
}
