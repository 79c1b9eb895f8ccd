import type { Benchmark } from '../harness/benchmark.js';
import { loadBenchmark } from '../harness/catalogue.js';
import { compare } from '../harness/compare.js';
import { showProgress } from '../harness/output.js';
import type { RatioLine, ValueLine } from '../harness/result-lines.js';
import { UsageError } from '../harness/usage-error.js';
import { wrkIsInstalled } from '../harness/wrk.js';
import type { Plan } from './arguments.js';
import { assemble } from './toolchains.js';

/** Who wants to know what. */
export interface Listener {
  /** Every line, as soon as its case is done. */
  readonly line: (line: ValueLine | RatioLine) => void;
  readonly finished: (benchmark: Benchmark, lines: readonly ValueLine[]) => void;
}

/**
 * Runs the benchmarks of a plan one after the other. What fails is told on standard error and by the exit code.
 *
 * @throws {UsageError} if the plan asks for a case that no benchmark has.
 */
export async function measurePlan(plan: Plan, listener: Listener): Promise<void> {
  if (plan.names.includes('http') && !wrkIsInstalled())
    process.stderr.write('wrk: skipped, it is not on the PATH; the load on http comes from a client in Node\n');
  const { semiSpaceMb, cases, runs, pace } = plan;
  for (const point of cases ?? []) await checkCase(point, plan.names);
  const cast = assemble(plan.subjects);
  // An interrupt must not leave the built programs and the files that the processes share.
  const interrupted = (): void => process.exit(130);
  process.once('exit', cast.dispose).once('SIGINT', interrupted);
  try {
    for (const name of plan.names) {
      const benchmark = await loadBenchmark(name);
      const lines = await compare(benchmark, {
        subjects: cast.subjects,
        runs,
        pace,
        ...(cases !== undefined && { cases }),
        setting: semiSpaceMb === undefined ? {} : { semiSpaceMb },
        environment: { ...process.env, ...cast.environment, ...youngGeneration(semiSpaceMb) },
        emit: listener.line,
        progress: showProgress,
        fail: (text) => {
          process.stderr.write(`${text}\n`);
          process.exitCode = 1;
        },
      });
      showProgress('');
      listener.finished(benchmark, lines);
    }
  } finally {
    cast.dispose();
    process.off('exit', cast.dispose).off('SIGINT', interrupted);
  }
}

/** @throws {UsageError} if none of the benchmarks has a case of this name. */
async function checkCase(point: string, names: readonly string[]): Promise<void> {
  const all = (await Promise.all(names.map(loadBenchmark))).flatMap((benchmark) => benchmark.cases);
  if (all.some(({ name }) => name === point)) return;
  const known = [...new Set(all.map(({ name }) => name))].join(', ');
  throw new UsageError(`None of ${names.join(', ')} has a case \`${point}\`; there are ${known}`);
}

/** Through the environment it reaches the measuring process, its server and its workers alike. */
function youngGeneration(semiSpaceMb: number | undefined): NodeJS.ProcessEnv {
  if (semiSpaceMb === undefined) return {};
  return { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-semi-space-size=${semiSpaceMb}`.trim() };
}
