import type { Benchmark, Case } from './benchmark.js';
import type { Pace } from './pace.js';
import {
  ratioLines,
  retentionLines,
  valueLines,
  type RatioLine,
  type Setting,
  type ValueLine,
} from './result-lines.js';
import type { SubjectName } from './subject-name.js';
import { trial, TrialError, type Answer } from './trial.js';

export interface CompareOptions {
  readonly subjects: readonly SubjectName[];
  /** How many process starts each subject gets in each case. */
  readonly runs: number;
  readonly pace: Pace;
  /** Only these cases, whatever the pace; those of the pace unless given. */
  readonly cases?: readonly string[];
  /** What is not as usual about all of these processes; it stands in every line. */
  readonly setting: Setting;
  readonly environment: NodeJS.ProcessEnv;
  readonly emit: (line: ValueLine | RatioLine) => void;
  readonly progress: (text: string) => void;
  readonly fail: (text: string) => void;
}

/** What became of a subject in a case. */
interface Tried {
  readonly answers: Answer[];
  failure?: string;
}

/** Milliseconds. Quick runs must end within a minute: past the budget no further round is started. */
const quickBudget = 42_000;
const limits: Readonly<Record<Pace, number>> = { full: 180_000, quick: 15_000, smoke: 15_000 };

/** Runs one benchmark: the subjects of a case take turns (ABAB…), so that a slow minute of the machine hits all alike. */
export async function compare(benchmark: Benchmark, options: CompareOptions): Promise<readonly ValueLine[]> {
  const cases = casesFor(benchmark, options);
  const deadline = options.pace === 'full' ? Infinity : performance.now() + quickBudget;
  const all: ValueLine[] = [];
  for (const [index, point] of cases.entries()) {
    const share = (deadline - performance.now()) / (cases.length - index);
    const tried = await compareCase(benchmark, point, options, performance.now() + share);
    const lines = options.subjects.flatMap((subject) => {
      const own = tried.get(subject);
      return own === undefined ? [] : valueLines(benchmark, point, subject, { ...own, setting: options.setting });
    });
    for (const line of lines) options.emit(line);
    for (const line of ratioLines(benchmark, lines)) options.emit(line);
    all.push(...lines);
  }
  for (const line of retentionLines(benchmark, all)) options.emit(line);
  return all;
}

/** A smoke run takes the first case that heddle is in: the smallest, as cases are listed from small to large. */
function casesFor(benchmark: Benchmark, { pace, cases, subjects }: CompareOptions): readonly Case[] {
  if (cases !== undefined) return benchmark.cases.filter(({ name }) => cases.includes(name));
  if (pace === 'full') return benchmark.cases;
  if (pace === 'quick') return benchmark.cases.filter(({ quick }) => quick !== false);
  return benchmark.cases.filter(({ size }) => takesPart(benchmark, subjects[0] ?? 'heddle', size)).slice(0, 1);
}

function takesPart(benchmark: Benchmark, subject: SubjectName, size: number): boolean {
  return benchmark.subjects[subject] !== undefined && (benchmark.takesPart?.(subject, size) ?? true);
}

async function compareCase(
  benchmark: Benchmark,
  point: Case,
  options: CompareOptions,
  deadline: number,
): Promise<ReadonlyMap<SubjectName, Tried>> {
  const { pace, environment, runs } = options;
  const tried = new Map<SubjectName, Tried>();
  for (const subject of options.subjects)
    if (takesPart(benchmark, subject, point.size)) tried.set(subject, { answers: [] });
  const racing = new Set(tried);
  const unmeasured: Promise<void>[] = [];
  const measure = async (entry: [SubjectName, Tried], round: number): Promise<void> => {
    const [subject, own] = entry;
    options.progress(`${benchmark.name} ${point.name} ${subject} (${round} of ${runs})`);
    try {
      const answer = await trial(benchmark, subject, point, { pace, limit: limits[pace], environment });
      own.answers.push(answer);
      if ('unmeasurable' in answer) racing.delete(entry);
    } catch (error) {
      if (!(error instanceof TrialError)) throw error;
      options.fail(error.message);
      // A result without it would hide that it failed; the complaint itself may be long.
      own.failure = `failed: ${error.ending}`;
      racing.delete(entry);
    }
  };
  for (let round = 1; round <= runs && (round === 1 || performance.now() < deadline); round++) {
    for (const [index, entry] of [...racing].entries()) {
      // Where nothing is measured nobody disturbs the others; but the first may prepare what all share.
      if (pace !== 'smoke' || index === 0) await measure(entry, round);
      else unmeasured.push(measure(entry, round));
    }
  }
  await Promise.all(unmeasured);
  return tried;
}
