import test from 'ava';
import { benchmarkNames, loadBenchmark } from '../../bench/harness/catalogue.js';
import { isSubjectName } from '../../bench/harness/subject-name.js';

/** Besides heddle and its own variants. */
const fewestPeers = 3;

for (const name of benchmarkNames) {
  test(`in every case of ${name} heddle and three others or more do the same`, async (t) => {
    const { cases, subjects, takesPart } = await loadBenchmark(name);
    for (const { name: point, size } of cases) {
      const present = Object.keys(subjects).filter(
        (subject) => isSubjectName(subject) && (takesPart?.(subject, size) ?? true),
      );
      t.true(present.includes('heddle'), point);
      const peers = present.filter((subject) => !subject.startsWith('heddle'));
      t.true(peers.length >= fewestPeers, `${point}: ${peers.join(', ')}`);
    }
  });
}
