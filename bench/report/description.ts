import { benchmarkNames, loadBenchmark } from '../harness/catalogue.js';
import type { Metric } from '../metric.js';
import { goodP99Ms, goodput } from '../overload/figures.js';
import { scenarios } from '../overload/scenarios/catalogue.js';
import type { Reading } from './read-results.js';

/** What the lines of a file do not say about their benchmark. */
export interface Description {
  /** One sentence: what one operation is. */
  readonly operation: string;
  /** What is drawn and compared, the most important first. */
  readonly metrics: readonly Metric[];
  /** The case beside which the first metric's values in the others stand, as shares; absent where that says nothing. */
  readonly retentionFrom?: string;
  /** Flags of Node that it runs with. */
  readonly nodeOptions: readonly string[];
}

/** By the benchmark's name; those of another version, which nobody can describe, are absent. */
export type Descriptions = ReadonlyMap<string, Description>;

/** The two of the many figures of the overload benchmark that tell the story; the rest is in the lines. */
const overloadMetrics: readonly Metric[] = [
  { name: goodput, better: 'higher' },
  { name: goodP99Ms, better: 'lower' },
];

export async function describe(lines: readonly Reading[]): Promise<Descriptions> {
  const descriptions = new Map<string, Description>();
  for (const name of new Set(lines.map(({ bench }) => bench))) {
    if (name === 'overload') {
      const operation = 'a server under more load than it can serve';
      descriptions.set(name, { operation, metrics: overloadMetrics, nodeOptions: [] });
    } else if (benchmarkNames.includes(name)) {
      const { operation, metrics, nodeOptions = [], retentionFrom } = await loadBenchmark(name);
      descriptions.set(name, {
        operation,
        metrics,
        nodeOptions,
        ...(retentionFrom !== undefined && { retentionFrom }),
      });
    }
  }
  return descriptions;
}

/** What a request of an overload scenario does. */
export function describeScenario(name: string): string {
  return scenarios.find((one) => one.name === name)?.about ?? name;
}
