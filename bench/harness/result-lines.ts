import type { Benchmark, Case } from './benchmark.js';
import { median } from './median.js';
import type { SubjectName } from './subject-name.js';
import type { Answer } from './trial.js';

/** What is not as usual about the processes of a run. */
export interface Setting {
  /** `--max-semi-space-size` of V8, in MB; V8's own choice unless given. */
  readonly semiSpaceMb?: number;
}

/**
 * What a subject reached. `value` is the median; it is `null` where the subject cannot do the case, or failed in its first run:
 * `note` says why. A value with a note comes from the runs before one that failed.
 */
export interface ValueLine extends Setting {
  readonly bench: string;
  readonly case: string;
  /** A `SubjectName`; in overload also heddle without some of its ingredients. */
  readonly subject: string;
  readonly metric: string;
  readonly value: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly runs: number;
  readonly node: string;
  readonly note?: string;
}

/** How two medians of one run compare. `metric` is absent where it is the benchmark's first. */
export interface RatioLine extends Setting {
  readonly bench: string;
  readonly case: string;
  readonly ratio: string;
  readonly metric?: string;
  readonly value: number;
}

const significant = (value: number): number => Number(value.toPrecision(4));

/** The lines of one subject in one case: one for each metric, or one that says why there is none. */
export function valueLines(
  benchmark: Benchmark,
  point: Case,
  subject: SubjectName,
  {
    answers,
    failure,
    setting,
  }: { readonly answers: readonly Answer[]; readonly failure?: string; readonly setting: Setting },
): ValueLine[] {
  const result = (metric: string, values: readonly number[], note: string | undefined): ValueLine => ({
    bench: benchmark.name,
    case: point.name,
    subject,
    metric,
    value: values.length === 0 ? null : significant(median(values)),
    min: values.length === 0 ? null : significant(Math.min(...values)),
    max: values.length === 0 ? null : significant(Math.max(...values)),
    runs: answers.length,
    node: process.version,
    ...setting,
    ...(note !== undefined && { note }),
  });
  const unmeasurable = answers.find((answer) => 'unmeasurable' in answer)?.unmeasurable;
  const lines = benchmark.metrics.flatMap(({ name }) => {
    const values = answers.flatMap((answer) => ('values' in answer ? (answer.values[name] ?? []) : []));
    return values.length === 0 || unmeasurable !== undefined ? [] : [result(name, values, failure)];
  });
  if (lines.length > 0) return lines;
  const note = unmeasurable ?? failure;
  return note === undefined ? [] : [result(benchmark.metrics[0].name, [], note)];
}

/** heddle against every peer that has a value for the same case and metric. */
export function ratioLines(benchmark: Benchmark, lines: readonly ValueLine[]): RatioLine[] {
  const conditions = benchmark.metrics.filter(({ condition }) => condition).map(({ name }) => name);
  return lines.flatMap((peer) => {
    if (peer.subject === 'heddle' || conditions.includes(peer.metric)) return [];
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
  return [
    {
      bench: above.bench,
      case: above.case,
      ratio: name,
      ...(above.metric !== benchmark.metrics[0].name && { metric: above.metric }),
      value: significant(above.value / below.value),
      ...(above.semiSpaceMb !== undefined && { semiSpaceMb: above.semiSpaceMb }),
    },
  ];
}
