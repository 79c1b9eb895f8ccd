import type { Benchmark } from '../harness/benchmark.js';
import { loadBenchmark } from '../harness/catalogue.js';
import { compare } from '../harness/compare.js';
import { onInterrupt } from '../harness/on-interrupt.js';
import { showProgress } from '../harness/output.js';
import type { RatioLine, ValueLine } from '../harness/result-lines.js';
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
 * Runs the benchmarks of a plan that has been checked one after the other. What
 * fails is told on standard error and by the exit code.
 */
export async function measurePlan(plan: Plan, listener: Listener): Promise<void> {
  const loaded = plan.names.filter((name) => loadedByWrk.includes(name));
  if (loaded.length > 0 && !wrkIsInstalled())
    process.stderr.write(
      `wrk: skipped, it is not on the PATH; the load on ${loaded.join(', ')} comes from a client in Node\n`,
    );
  const { semiSpaceMb, cases, runs, pace } = plan;
  const cast = assemble(plan.subjects);
  // An interrupt must not leave the built programs and the files that the processes share.
  process.once('exit', cast.dispose);
  const release = onInterrupt((code) => process.exit(code));
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
    process.off('exit', cast.dispose);
    release();
  }
}

const loadedByWrk = ['http', 'fastify', 'insight'];

/** Through the environment it reaches the measuring process, its server and its workers alike. */
function youngGeneration(semiSpaceMb: number | undefined): NodeJS.ProcessEnv {
  if (semiSpaceMb === undefined) return {};
  return { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-semi-space-size=${semiSpaceMb}`.trim() };
}
