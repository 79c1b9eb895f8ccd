import { spawn, type ChildProcess as NodeChildProcess } from 'node:child_process';
import { checkDuration, expected } from '../../base/check.js';
import { IoError, ScopeClosedError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { thrownError } from '../thrown.js';
import { ChildProcess } from './child-process.js';

/** What a standard stream of the process is: a pipe to this program, nothing, or our own stream. */
export type Stdio = 'pipe' | 'ignore' | 'inherit';

export interface StartOptions {
  /** Where it runs; the current directory unless given. */
  readonly cwd?: string | URL;
  /** Its whole environment, not additions to ours; ours unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** `pipe` unless given. */
  readonly stdin?: Stdio;
  /** `pipe` unless given. */
  readonly stdout?: Stdio;
  /** `inherit` unless given: a pipe that nobody reads would block it once full. */
  readonly stderr?: Stdio;
  /** How long it may take to exit after SIGTERM, in ms, before SIGKILL; 5,000 unless given. */
  readonly grace?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a program. It belongs to the innermost scope where this is called, and is stopped when that ends: SIGTERM, and
 * SIGKILL after the grace period; the scope waits until it has exited. If our own process ends abruptly (by a second
 * signal, or `process.exit`), it gets SIGTERM, or SIGKILL if it was being stopped already.
 *
 * No shell is involved: nothing in `args` is interpreted.
 *
 * @throws `IoError` if it cannot be started (`ENOENT`: no such program, or no such `cwd`; `ERR_ACCESS_DENIED`: Node runs with
 * `--permission` and without `--allow-child-process`).
 * Suspends: always, but only until its turn comes or the start has failed. If cancelled: throws if it was not started
 * yet; else returns it.
 *
 * @example
 * const sort = yield* start('sort', ['-n']);
 * yield* sort.stdin.write('3\n1\n2\n');
 * yield* sort.stdin.finish();
 * yield* forEachLine(sort.stdout, print);
 */
export function start(
  command: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Operation<ChildProcess> {
  checkKnown('start', options, START_OPTIONS);
  const { stdin = 'pipe', stdout = 'pipe', stderr = 'inherit', grace = 5000, cwd, env, uid, gid } = options;
  if (typeof command !== 'string' || command === '') throw expected('command', 'the name of a program', command);
  if (!Array.isArray(args)) throw expected('args', 'an array of strings', args);
  checkDuration('grace', grace, true);
  for (const [name, stdio] of Object.entries({ stdin, stdout, stderr }))
    if (!STDIO.has(stdio)) throw expected(name, "'pipe', 'ignore' or 'inherit'", stdio);
  const { scope } = currentFiber('start');
  const known = { cwd, env, uid, gid, stdio: [stdin, stdout, stderr] };
  const launch = (): NodeChildProcess => spawn(command, args, known);
  return new Suspension<ChildProcess>(START, { command, cwd, grace, scope, launch }, undefined);
}

const START_OPTIONS: Known<StartOptions> = {
  cwd: true,
  env: true,
  stdin: true,
  stdout: true,
  stderr: true,
  grace: true,
  uid: true,
  gid: true,
};

const STDIO: ReadonlySet<unknown> = new Set<Stdio>(['pipe', 'ignore', 'inherit']);

interface Request {
  readonly command: string;
  readonly cwd: string | URL | undefined;
  readonly grace: number;
  readonly scope: Scope;
  readonly launch: () => NodeChildProcess;
}

const START: SuspensionKind<Request, undefined, ChildProcess> = new SuspensionKind({
  label: new Label('process.start'),
  arm(suspension) {
    const { command, cwd, grace, scope, launch } = suspension.subject;
    try {
      if (scope.closed) throw new ScopeClosedError('start in a scope that has ended');
      const child = launch();
      if (child.pid !== undefined) suspension.complete(new ChildProcess(child, command, grace, scope));
      else
        child.once('error', (error) => suspension.fail(new IoError('process.start', explained(error, command, cwd))));
    } catch (error) {
      suspension.fail(thrownError('process.start', explained(error, command, cwd)));
    }
  },
  abort() {},
  // It has started, or is about to fail.
  undoable: false,
});

/** The system reports a missing `cwd` as it reports a missing program, so the message names the directory. */
function explained(thrown: unknown, command: string, cwd: string | URL | undefined): unknown {
  const error = thrown as NodeJS.ErrnoException | undefined;
  if (error?.syscall === undefined) return thrown;
  if (/\s/.test(command)) error.message += ` (there is no shell: what follows the program's name belongs in \`args\`)`;
  if (cwd !== undefined) error.message += ` (in ${String(cwd)})`;
  return error;
}
