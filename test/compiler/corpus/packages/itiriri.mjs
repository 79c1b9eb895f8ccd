import i from 'itiriri';

const itiriri = i.default;
function* fibonacci() { let [a, b] = [0, 1]; while (true) { yield* [a]; [a, b] = [b, a + b]; } }

export default function usage(log) {
  log(itiriri(fibonacci()).filter((x) => x % 2 === 1).take(8).toArray(), itiriri([1, 2]).concat([3]).toArray(), itiriri([1]).prepend([0]).toArray());
  log(itiriri([3, 1, 2]).sort().toArray(), itiriri([3, 1, 2]).sort((a, b) => b - a).toArray(), itiriri([[1, 2], [3]]).flat((x) => x).toArray(), itiriri([1, 2, 3]).reverse().toArray());
  log(itiriri([1, 2, 3, 4]).splice(1, 2, 'a', 'b').toArray(), itiriri([1, 2, 3]).splice(0, 1).toArray(), itiriri([1, 2]).fill(0).toArray(), itiriri([1, 2, 3, 4]).slice(1, 3).toArray(), itiriri([1, 2, 3]).skip(1).toArray());
  log(itiriri([1, 2, 3]).groupBy((x) => x % 2).map(([key, group]) => [key, group.toArray()]).toArray(), itiriri([1, 1, 2]).distinct().toArray(), itiriri([1, 2]).union([2, 3]).toArray(), itiriri([1, 2]).intersect([2]).toArray(), itiriri([1, 2]).exclude([2]).toArray());
  log(itiriri([1, 2]).join([2, 3], (x) => x, (x) => x, (a, b) => [a, b]).toArray(), itiriri([1, 2]).leftJoin([2], (x) => x, (x) => x, (a, b) => [a, b ?? null]).toArray());
  log(itiriri([1, 2]).sum(), itiriri([1, 2]).average(), itiriri([1, 2]).max(), itiriri([1, 2]).reduce((a, b) => a + b), itiriri([1, 2]).includes(2), itiriri([1, 2]).nth(1), itiriri([1, 2]).find((x) => x > 1), itiriri([1, 2]).toString(), [...itiriri([1, 2]).entries()], itiriri([1, 2]).toMap((x) => x), itiriri([1]).toSet());
  log(itiriri(fibonacci()).takeWhile((x) => x < 50).map((x) => x * 2).toArray(), itiriri([1, 2, 3]).shuffle().toArray().toSorted());
  log(itiriri(fibonacci()).take(1500).length(), itiriri([1]).concat(itiriri([2]).concat(itiriri([3]))).toArray());
}
