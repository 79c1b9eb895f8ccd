import p from 'powerseq';

const { concat, defer, expand, filter, flat, flatmap, generate, groupby, interleave, map, orderby, orderbydescending, pipe, range, repeat, repeatvalue, reverse, scan, share, skiplast, take, takelast, thenby, thenbydescending, toarray, buffer, zip, distinct, join } = p;

export default function usage(log) {
  const all = (it) => Array.from(it);
  log(all(concat([1], 'ab', new Set([2]), range(5, 3))), all(concat()));
  log(all(flat([1, [2, [3, [4]]]])), all(flat([1, [2, [3, [4]]]], 2)), all(flat(['ab', ['cd', ['e']]], (item, depth) => typeof item !== 'string')));
  log(all(flatmap([1, 2], (x) => [x, x * 10])), all(flatmap([1, 2], (x) => [x, x * 10], (x, y) => x + y)));
  log(all(repeat([1, 2], 3)), all(take(repeat('ab'), 5)), all(repeatvalue('v', 2)));
  log(all(reverse(range(0, 5))), all(takelast(range(0, 5), 2)), all(skiplast(range(0, 5), 2)), all(skiplast([1, 2], 0)));
  let made = 0;
  const deferred = defer(() => [++made]);
  log(all(deferred), all(deferred), made);
  const people = [{ n: 'c', a: 2 }, { n: 'a', a: 1 }, { n: 'b', a: 2 }, { n: 'd', a: 1 }];
  log(pipe(people, orderby((x) => x.a), thenbydescending((x) => x.n), map((x) => x.n), toarray()), pipe(people, orderbydescending((x) => x.a), thenby((x) => x.n), map((x) => x.n), toarray()));
  log(pipe(range(0, 10), filter((x) => x % 2 === 0), scan((a, b) => a + b, 0), buffer(2), toarray()), all(groupby(people, (x) => x.a)).map((g) => [g.key, all(g).length]));
  log(all(take(generate(1, (x) => x < 100, (x) => x * 2, (x) => x), 4)), all(take(expand([1], (x) => [x + 1, x * 2]), 6)), all(interleave([1, 2, 3], 'ab')), all(zip([1, 2], 'ab', (a, b) => a + b)), all(distinct([1, 1, 2])), all(join([1, 2], [1, 2, 2], (x) => x, (x) => x, (a, b) => [a, b])));
  const shared = share(range(0, 5));
  log(all(take(shared, 2)), all(shared));
  const lazy = concat(map(range(0, 3), (x) => (log('computed', x), x)), defer(() => { throw new Error('too far'); }));
  for (const x of lazy) if (x === 1) break;
  try { all(lazy); } catch (error) { log(error.message); }
  log(all(concat(...all(map(range(0, 2000), (x) => [x])))).length);
}
