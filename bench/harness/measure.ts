import { loadBenchmark } from './catalogue.js';
import { Context } from './context.js';
import { isSubjectName } from './subject-name.js';

/** The metrics by name. */
export type Values = Readonly<Record<string, number>>;

/** Measures one subject in one case, here and now. The process that calls this should do nothing else before or after. */
export async function measure(
  benchmarkName: string,
  subjectName: string,
  caseName: string,
  quick: boolean,
): Promise<Values> {
  const benchmark = await loadBenchmark(benchmarkName);
  const subject = isSubjectName(subjectName) ? benchmark.subjects[subjectName] : undefined;
  const point = benchmark.cases.find(({ name }) => name === caseName);
  if (subject === undefined) throw new Error(`Benchmark \`${benchmarkName}\` has no subject \`${subjectName}\``);
  if (point === undefined) throw new Error(`Benchmark \`${benchmarkName}\` has no case \`${caseName}\``);
  const measured = await subject(point.size, new Context(benchmarkName, quick));
  return typeof measured === 'number' ? { [benchmark.metrics[0].name]: measured } : measured;
}
