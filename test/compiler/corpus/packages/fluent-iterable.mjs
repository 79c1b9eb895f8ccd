import f from 'fluent-iterable';

const { default: fluent, fluentAsync, depaginate, interval } = f;

export default async function usage(log) {
  const people = [{ n: 'a', age: 3 }, { n: 'b', age: 1 }, { n: 'c', age: 2 }];
  const all = (it) => [...it];
  log(all(fluent(people).filter((x) => x.age > 1).map((x) => x.n)), all(fluent([1, 2]).append(3).prepend(0)), all(fluent([1, 2]).concat([3], [4])));
  log(all(fluent(people).sort((a, b) => a.age - b.age).map((x) => x.n)), all(fluent([1, 2]).repeat(2)), all(fluent([[1, 2], [3]]).flatten((x) => x)), all(fluent([1, 1, 2]).distinct()));
  log(all(fluent([1, 2, 3, 4]).take(3).skip(1)), all(fluent([1, 2, 3, 4]).takeWhile((x) => x < 3)), all(fluent([1, 2, 3]).skipWhile((x) => x < 2)), all(fluent([1, 2, 3, 4, 5]).partition(2).map((p) => [...p])), all(fluent(people).group((x) => x.age % 2).map((g) => [g.key, [...g.values].length])));
  log(fluent([1, 2, 3]).reduce((a, b) => a + b, 0), fluent([1, 2]).toObject((x) => x), fluent([3, 1]).min((x) => x), fluent([1, 2]).sum(), fluent([1]).contains(1), fluent([1, 2]).last(), all(fluent([1, 2]).withIndex()), all(fluent(interval(1, 3))));
  const seen = [];
  for await (const x of fluent([1, 2, 3]).toAsync().map(async (x) => x * 2).concat([7]).flatten((x) => [x, -x])) seen.push(x);
  log(seen, await fluentAsync([3, 1, 2]).sort((a, b) => a - b).toArray(), await fluentAsync([1, 2]).repeat(2).toArray());
  const pages = [{ results: [1, 2], nextPageToken: 1 }, { results: [3], nextPageToken: undefined }];
  const got = [];
  for await (const x of depaginate(async (token = 0) => pages[token])) got.push(x);
  log(got);
  log(fluent(interval(0, 5000)).filter((x) => x % 1000 === 0).toArray());
  const executed = fluent([1, 2]).execute((x) => log('saw', x));
  log(all(executed), all(executed.take(1)));
}
