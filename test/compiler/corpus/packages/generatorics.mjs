import G from 'generatorics';

export default function usage(log) {
  const all = (iterable) => Array.from(iterable, (x) => [...x].join(''));
  log(all(G.powerSet(['a', 'b', 'c'])));
  log(all(G.permutation(['a', 'b', 'c'], 2)), all(G.permutation(['a', 'b', 'c'])), all(G.permutation([1, 2, 3, 4])).length);
  log(all(G.combination(['a', 'b', 'c', 'd'], 2)));
  log(all(G.permutationCombination(['a', 'b', 'c'])));
  log(all(G.cartesian([0, 1, 2], [0, 10, 20], [0, 100])));
  log(all(G.baseN(['a', 'b', 'c'])), all(G.baseN([0, 1], 4)));
  const bases = [];
  for (const x of G.clone.baseNAll([0, 1, 2])) if (bases.push(x.join('')) === 20) break;
  log(bases);
  log([...G.clone.powerSet(['x', 'y', 'z'])], [...G.clone.permutation([1, 2, 3])], [...G.clone.combination([1, 2, 3], 2)], [...G.clone.cartesian([1, 2], [3])], [...G.clone.baseN([1, 2])], [...G.clone.permutationCombination([1, 2])]);
  log(G.P(25, 4), G.C(10, 4), G.factorial(5), G.factoradic(67, 6), G.choices(3, 2));
  const it = G.permutation([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  log([...it.next().value], [...it.next().value], it.return('stopped'), it.next());
  let count = 0;
  for (const { length } of G.clone.permutation([1, 2, 3, 4, 5, 6, 7])) if (length === 7) count++;
  log(count);
  for (const subset of G.powerSet([...'abcdefgh'])) { if (subset.length === 5) { log(subset.join('')); break; } }
  log([...G.powerSet([])].length, all(G.combination([1, 2], 0)));
}
