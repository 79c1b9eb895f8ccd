import { loadBenchmark } from './catalogue.js';
import { Context } from './context.js';
import type { Pace } from './pace.js';
import { isSubjectName } from './subject-name.js';
import { UsageError } from './usage-error.js';

/** The metrics by name. */
export type Values = Readonly<Record<string, number>>;

/** Tasks, calls or whatever the case counts: many enough to go through everything. */
const mostInSmoke = 1000;

/**
 * Measures one subject in one case, here and now. The process that calls this should do nothing else before or after.
 *
 * @throws {UsageError} if there is no such benchmark, subject or case.
 */
export async function measure(
  benchmarkName: string,
  subjectName: string,
  caseName: string,
  pace: Pace,
): Promise<Values> {
  const benchmark = await loadBenchmark(benchmarkName);
  const subject = isSubjectName(subjectName) ? benchmark.subjects[subjectName] : undefined;
  const point = benchmark.cases.find(({ name }) => name === caseName);
  if (subject === undefined) throw new UsageError(`Benchmark \`${benchmarkName}\` has no subject \`${subjectName}\``);
  if (point === undefined) throw new UsageError(`Benchmark \`${benchmarkName}\` has no case \`${caseName}\``);
  const size = pace === 'smoke' ? Math.min(point.size, mostInSmoke) : point.size;
  const measured = await subject(size, new Context(benchmarkName, pace));
  return typeof measured === 'number' ? { [benchmark.metrics[0].name]: measured } : measured;
}
