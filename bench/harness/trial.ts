import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Case } from './benchmark.js';
import { flagsFor } from './compiled.js';
import type { Values } from './measure.js';
import { flagOf, type Pace } from './pace.js';
import type { SubjectName } from './subject-name.js';

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/** What became of a measuring process: its metrics, or why the subject cannot do this case, which is a result too. */
export type Answer = { readonly values: Values } | { readonly unmeasurable: string };

/** A subject that fails for a reason that is no result: a bug in it, in the library or in the harness. */
export class TrialError extends Error {
  override readonly name = 'TrialError';
  /** How its process ended, in a word. */
  readonly ending: string;

  constructor(what: string, ending: string, complaint: string) {
    super(`${what}: ${ending}\n${complaint}`);
    this.ending = ending;
  }
}

/** Who computes does not notice that nobody is left to answer to. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach(end));

/** With all that it has started: a peer in another language would go on, beside who is measured next. */
function end(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** One measurement in one process start. Never longer than `limit` milliseconds: then the process is killed. */
export function trial(
  benchmark: Benchmark,
  subject: SubjectName,
  point: Case,
  options: { readonly pace: Pace; readonly limit: number; readonly environment: NodeJS.ProcessEnv },
): Promise<Answer> {
  const child = fork(main, ['--child', ...flagOf[options.pace], benchmark.name, subject, point.name], {
    execArgv: [...(benchmark.nodeOptions ?? []), ...flagsFor(subject)],
    env: options.environment,
    stdio: ['ignore', process.stderr, 'pipe', 'ipc'],
    // A process group of its own, to be ended as one.
    detached: true,
  });
  running.add(child);
  let values: Values | undefined;
  let complaint = '';
  let timedOut = false;
  child.on('message', (message) => (values = message as Values));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-10_000)));
  const timer = setTimeout(() => {
    timedOut = true;
    end(child);
  }, options.limit);

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      const unmeasurable = timedOut ? `not done in ${options.limit / 1000} s` : benchmark.limits?.(complaint);
      if (values !== undefined) resolve({ values });
      else if (unmeasurable !== undefined) resolve({ unmeasurable });
      else {
        const ending = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
        reject(new TrialError(`${benchmark.name} ${point.name} ${subject}`, ending, complaint));
      }
    });
  });
}
