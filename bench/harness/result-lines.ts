import type { Benchmark, Case } from './benchmark.js';
import { median } from './median.js';
import type { SubjectName } from './subject-name.js';
import type { Answer } from './trial.js';

/** What a subject reached. `value` is the median; it is `null` where the subject cannot do the case: `note` says why. */
export interface ValueLine {
  readonly bench: string;
  readonly case: string;
  readonly subject: SubjectName;
  readonly metric: string;
  readonly value: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly runs: number;
  readonly node: string;
  readonly note?: string;
}

/** How two medians of one run compare. `metric` is absent where it is the benchmark's first. */
export interface RatioLine {
  readonly bench: string;
  readonly case: string;
  readonly ratio: string;
  readonly metric?: string;
  readonly value: number;
}

const significant = (value: number): number => Number(value.toPrecision(4));

export function valueLines(
  benchmark: Benchmark,
  point: Case,
  subject: SubjectName,
  answers: readonly Answer[],
): ValueLine[] {
  const result = (metric: string, value: number | null, min: number | null, max: number | null): ValueLine => {
    const runs = answers.length;
    return { bench: benchmark.name, case: point.name, subject, metric, value, min, max, runs, node: process.version };
  };
  const failure = answers.find((answer) => 'unmeasurable' in answer);
  if (failure !== undefined)
    return [{ ...result(benchmark.metrics[0].name, null, null, null), note: failure.unmeasurable }];
  return benchmark.metrics.flatMap(({ name }) => {
    const values = answers.flatMap((answer) => ('values' in answer ? (answer.values[name] ?? []) : []));
    if (values.length === 0) return [];
    return [
      result(name, significant(median(values)), significant(Math.min(...values)), significant(Math.max(...values))),
    ];
  });
}

/** heddle against every peer that has a value for the same case and metric. */
export function ratioLines(benchmark: Benchmark, lines: readonly ValueLine[]): RatioLine[] {
  return lines.flatMap((peer) => {
    if (peer.subject === 'heddle') return [];
    const own = lines.find(
      (line) => line.subject === 'heddle' && line.case === peer.case && line.metric === peer.metric,
    );
    return ratio(benchmark, `heddle/${peer.subject}`, own, peer);
  });
}

/** Every subject's first metric against its own value in the case `benchmark.retentionFrom`. */
export function retentionLines(benchmark: Benchmark, lines: readonly ValueLine[]): RatioLine[] {
  const from = benchmark.retentionFrom;
  if (from === undefined) return [];
  const first = lines.filter((line) => line.metric === benchmark.metrics[0].name);
  return first.flatMap((line) => {
    const start = first.find((other) => other.subject === line.subject && other.case === from);
    if (line.case === from) return [];
    return ratio(benchmark, `${line.subject} ${line.case}/${line.subject} ${from}`, line, start);
  });
}

function ratio(
  benchmark: Benchmark,
  name: string,
  above: ValueLine | undefined,
  below: ValueLine | undefined,
): RatioLine[] {
  if (above?.value == null || !below?.value) return [];
  const metric = above.metric === benchmark.metrics[0].name ? {} : { metric: above.metric };
  return [
    { bench: above.bench, case: above.case, ratio: name, ...metric, value: significant(above.value / below.value) },
  ];
}
