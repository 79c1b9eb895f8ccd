import { loadBenchmark } from '../harness/catalogue.js';
import { UsageError } from '../harness/usage-error.js';
import type { Plan } from './arguments.js';

/**
 * To be called before a file is touched: what cannot be measured must not cost what was measured before.
 *
 * @throws {UsageError} if the plan names a case or a peer that none of its benchmarks has.
 */
export async function checkPlan({ names, cases = [], peers = [] }: Plan): Promise<void> {
  const benchmarks = await Promise.all(names.map(loadBenchmark));
  const points = benchmarks.flatMap((benchmark) => benchmark.cases.map(({ name }) => name));
  const subjects = benchmarks.flatMap((benchmark) => Object.keys(benchmark.subjects));
  const check = (what: string, asked: readonly string[], known: readonly string[]): void => {
    const missing = asked.find((name) => !known.includes(name));
    if (missing === undefined) return;
    const present = [...new Set(known)].filter((name) => name !== 'heddle').join(', ');
    throw new UsageError(`None of ${names.join(', ')} has a ${what} \`${missing}\`; there are ${present}`);
  };
  check('case', cases, points);
  check('peer', peers, subjects);
}
