import wu from 'wu/wu.js';

function* naturals() { let n = 0; for (;;) yield* [n++]; }

export default function usage(log) {
  log(wu(naturals()).filter((n) => n % 2).map((n) => n * n).take(5).toArray());
  log([...wu.entries({ a: 1, b: 2 })], [...wu.keys({ a: 1 })], [...wu.values({ a: 1 })]);
  log([...wu.count(5, 5).take(3)], [...wu.cycle([1, 2]).take(5)], [...wu.repeat('x', 3)], [...wu.repeat('y').take(2)]);
  log([...wu.chain([1], 'ab', new Set([2]))], [...wu([[1, [2]], [3, [[4]]]]).flatten()], [...wu([[1, [2]], [3]]).flatten(true)]);
  log([...wu([1, 2, 3, 4, 5]).chunk(2)], [...wu('abc').enumerate()], [...wu([1, 2, 3]).concatMap((x) => [x, -x])]);
  log([...wu([1, 2, 3]).drop(1)], [...wu([1, 5, 2]).dropWhile((x) => x < 4)], [...wu([1, 5, 2]).takeWhile((x) => x < 4)], [...wu([1, 1, 2]).unique()]);
  log([...wu([1, 2, 3]).reductions((a, b) => a + b)], [...wu.zip('ab', [1, 2, 3])], [...wu.zipLongest('ab', [1, 2, 3])], [...wu.zipWith((a, b) => a + b, [1, 2], [10, 20])]);
  log([...wu(['a', undefined, 'b']).reject((x) => x === undefined)], [...wu.pluck('n', [{ n: 1 }])], [...wu([{ f: (x) => x + 1 }]).invoke('f', 1)], [...wu([[1, 2]]).spreadMap((a, b) => a - b)], [...wu('abcd').slice(1, 3)]);
  const [first, second] = wu(naturals()).take(4).tee();
  log([...first], [...second], wu([[1, 'a'], [2, 'b']]).unzip().map((x) => [...x]));
  log(wu([1, 2]).every((x) => x > 0), wu([1, 2]).some((x) => x > 1), wu([1, 2]).find((x) => x > 1), wu([1]).has(1), wu([1, 2]).reduce((a, b) => a + b));
  const tapped = wu(naturals()).tap((n) => log('saw', n)).take(2);
  log([...tapped], [...wu.map((x) => x * 2, [1, 2])]);
  try { wu(5); } catch (error) { log(error.message); }
  log(wu(naturals()).take(5000).filter((n) => n % 1000 === 0).toArray());
}
