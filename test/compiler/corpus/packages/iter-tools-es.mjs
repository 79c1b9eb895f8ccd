import * as it from 'iter-tools-es';

function* source(log, list) { try { for (const x of list) yield* [x]; } finally { log('closed', list.length); } }

export default async function usage(log) {
  const all = (x) => [...x];
  log(all(it.concat([1], it.range(2, 4), [5])), all(it.append(3, [1, 2])), all(it.prepend(0, source(log, [1, 2]))), all(it.reverse([1, 2, 3])));
  log(all(it.flat(1, [[1, [2]], [3]])), all(it.flat(2, [[1, [2]], [3]])), all(it.flatMap((x) => [x, -x], [1, 2])), all(it.cycleTimes(2, 'ab')), all(it.take(5, it.cycle('ab'))));
  log(all(it.joinWithSeq([0, 0], [[1], [2, 3]])), all(it.joinWith('-', [[1], [2]])), all(it.interposeSeq('><', 'abc')), all(it.interpose(0, [1, 2])));
  log(all(it.map(all, it.splitOnAnySeq([[0, 0], [9]], [1, 0, 0, 2, 9, 3]))), all(it.map(all, it.splitOn(0, [1, 0, 2]))));
  log(all(it.objectEntries({ a: 1 })), all(it.objectKeys({ a: 1 })), all(it.map(all, it.batch(2, [1, 2, 3]))));
  log(all(it.zip([1, 2], 'ab')), all(it.zipAll([1, 2], 'a')), all(it.filter((x) => x > 1, source(log, [1, 2]))), all(it.takeWhile((x) => x < 2, source(log, [1, 2, 3]))), all(it.takeSorted(2, [3, 1, 2])), all(it.compress([1, 2, 3], [1, 0, 1])));
  const [left, right] = it.bisect(2, source(log, [1, 2, 3]));
  log(all(left), all(right));
  const [a, b] = it.fork(source(log, [1, 2, 3]));
  log(a.next(), all(b), all(a));
  const peekr = it.peekerate(source(log, [1, 2]));
  log(peekr.current.value, peekr.advance().current.value, peekr.done);
  log(it.reduce((x, y) => x + y, [1, 2, 3]), it.find((x) => x > 1, [1, 2]), it.includes(2, [1, 2]), it.startsWith(1, [1, 2]), it.first(source(log, [7, 8])), it.str(['a', 'b']), it.equal([1], [1]), it.size([1, 2]));
  log(await it.asyncToArray(it.asyncConcat([1], it.asyncMap(async (x) => x * 2, [2, 3]))), await it.asyncToArray(it.asyncFlat(1, [[1], [2]])));
  log(all(it.concat(...Array.from({ length: 2000 }, (_, i) => [i]))).length, it.execPipe([1, 2, 3], it.map((x) => x * 2), it.append(9), it.toArray));
}
