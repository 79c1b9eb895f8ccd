import type { Benchmark, Case } from './benchmark.js';
import { ratioLines, retentionLines, valueLines, type RatioLine, type ValueLine } from './result-lines.js';
import type { SubjectName } from './subject-name.js';
import { trial, TrialError, type Answer } from './trial.js';

export interface CompareOptions {
  readonly subjects: readonly SubjectName[];
  /** How many process starts each subject gets in each case. */
  readonly runs: number;
  readonly quick: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly emit: (line: ValueLine | RatioLine) => void;
  readonly progress: (text: string) => void;
  readonly fail: (text: string) => void;
}

/** Milliseconds. Quick runs must end within a minute: past the budget no further round is started. */
const quickBudget = 42_000;
const quickLimit = 15_000;
const fullLimit = 180_000;

/** Runs one benchmark: the subjects of a case take turns (ABAB…), so that a slow minute of the machine hits all alike. */
export async function compare(benchmark: Benchmark, options: CompareOptions): Promise<readonly ValueLine[]> {
  const cases = benchmark.cases.filter((point) => !options.quick || point.quick !== false);
  const deadline = options.quick ? performance.now() + quickBudget : Infinity;
  const all: ValueLine[] = [];
  for (const [index, point] of cases.entries()) {
    const share = (deadline - performance.now()) / (cases.length - index);
    const answers = await compareCase(benchmark, point, options, performance.now() + share);
    const lines = options.subjects.flatMap((subject) => {
      const own = answers.get(subject) ?? [];
      return own.length === 0 ? [] : valueLines(benchmark, point, subject, own);
    });
    for (const line of lines) options.emit(line);
    for (const line of ratioLines(benchmark, lines)) options.emit(line);
    all.push(...lines);
  }
  for (const line of retentionLines(benchmark, all)) options.emit(line);
  return all;
}

async function compareCase(
  benchmark: Benchmark,
  point: Case,
  options: CompareOptions,
  deadline: number,
): Promise<Map<SubjectName, Answer[]>> {
  const answers = new Map<SubjectName, Answer[]>();
  const { quick, environment } = options;
  const racing = new Set(
    options.subjects.filter(
      (subject) => benchmark.subjects[subject] !== undefined && (benchmark.takesPart?.(subject, point.size) ?? true),
    ),
  );
  for (let round = 1; round <= options.runs && (round === 1 || performance.now() < deadline); round++) {
    for (const subject of racing) {
      options.progress(`${benchmark.name} ${point.name} ${subject} (${round} of ${options.runs})`);
      try {
        const limit = quick ? quickLimit : fullLimit;
        const answer = await trial(benchmark, subject, point, { quick, limit, environment });
        answers.set(subject, [...(answers.get(subject) ?? []), answer]);
        if ('unmeasurable' in answer) racing.delete(subject);
      } catch (error) {
        if (!(error instanceof TrialError)) throw error;
        options.fail(error.message);
        racing.delete(subject);
      }
    }
  }
  return answers;
}
