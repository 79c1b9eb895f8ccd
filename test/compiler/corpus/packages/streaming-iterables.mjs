import { batch, buffer, collect, concat, consume, drop, filter, flatMap, flatten, map, merge, parallelMap, parallelMerge, pipeline, reduce, take, takeLast, takeWhile, tap, transform } from 'streaming-iterables';

function* numbers(n, log) { try { for (let i = 0; i < n; i++) yield* [i]; } finally { log('closed'); } }
async function* slowly(n) { for (let i = 0; i < n; i++) { await null; yield i; } }

export default async function usage(log) {
  log([...concat([1], 'ab', new Set([2]))], [...concat()], await collect(concat(slowly(2), [5])));
  log([...batch(2, numbers(5, log))], [...take(2, numbers(5, log))], [...drop(3, numbers(5, log))], await collect(takeWhile((x) => x < 2, numbers(5, log))), await collect(takeLast(2, numbers(5, log))));
  log(await collect(map((x) => x * 2, slowly(3))), await collect(filter((x) => x % 2, slowly(5))), await collect(flatMap((x) => [x, [x]], slowly(2))), await collect(flatten([[1], slowly(2), 3, [[4]]])));
  log(await reduce((a, b) => a + b, 0, slowly(5)), await collect(buffer(2, numbers(4, log))), await collect(parallelMap(2, async (x) => x + 1, slowly(4))), (await collect(transform(2, async (x) => x, slowly(3)))).toSorted());
  log((await collect(merge(slowly(2), [7, 8]))).toSorted(), (await collect(parallelMerge(slowly(2), slowly(2)))).toSorted());
  log(await pipeline(() => numbers(4, log), map(async (x) => x * 3), tap((x) => log('saw', x)), collect));
  await consume(tap((x) => log('consumed', x), slowly(2)));
  const failing = (function* () { for (const x of [1]) yield* [x]; throw new Error('source failed'); })();
  await collect(map((x) => x, failing)).catch((error) => log(error.message));
  log([...concat(...Array.from({ length: 2000 }, (_, i) => [i]))].length);
}
