import * as tx from '@thi.ng/transducers';

export default function usage(log) {
  log([...tx.iterator(tx.comp(tx.filter((x) => x & 1), tx.distinct(), tx.map((x) => x * 3)), [1, 2, 3, 4, 5, 4, 3, 2, 1])]);
  log([...tx.concat([1], null, 'ab', tx.range(2))], [...tx.cycle([1, 2], 2)], [...tx.take(5, tx.cycle('ab'))]);
  log([...tx.extendSides([1, 2, 3], 2)], [...tx.wrapSides([1, 2, 3], 1, 2)], [...tx.padSides([1], 0, 1)], [...tx.symmetric([1, 2])]);
  log([...tx.normRange(4)], [...tx.normRange2d(1, 1)], [...tx.normRange3d(1, 1, 1)].length, [...tx.sortedKeys({ b: 1, a: 2 })]);
  log([...tx.tween({ num: 4, min: 0, max: 10, init: (a, b) => [a, b], mix: ([a, b], t) => a + (b - a) * t, stops: [[0, 0], [10, 100]] })]);
  log([...tx.asIterable('xyz')], [...tx.iterator(tx.mapcat((x) => [x, x]), [1, 2])], [...tx.iterator(tx.partition(2, 1, true), [1, 2, 3])]);
  log(tx.transduce(tx.comp(tx.partitionBy((x) => x > 2), tx.map((p) => p.length)), tx.push(), [1, 2, 3, 4, 1]), tx.transduce(tx.map((x) => x * 10), tx.add(), tx.range(5)));
  log([...tx.permutations('ab', '12')], [...tx.zip([1, 2, 3], 'ab')], [...tx.range2d(2, 2)], [...tx.reverse([1, 2])], [...tx.choices('a', null, { float: () => 0 }).next().value]);
  log([...tx.iterator(tx.takeWhile((x) => x < 3), (function* () { try { for (const x of [1, 2, 3, 4]) yield* [x]; } finally { log('closed'); } })())]);
  log(tx.reduce(tx.frequencies(), 'abracadabra'), tx.transduce(tx.movingAverage(3), tx.push(), tx.range(6)), [...tx.iterator(tx.interleave(() => '-'), [1, 2])]);
  log(tx.transduce(tx.comp(tx.flatten(), tx.take(5000)), tx.count(), tx.cycle([[1], [2, [3]]])), [...tx.dup([1, 2], 1)], [...tx.palindrome([1, 2])], [...tx.iterator(tx.swizzle([1, 0]), [[1, 2]])]);
}
