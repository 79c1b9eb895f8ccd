import { checkEncoding, checkInteger } from '../../base/check.js';
import { EndOfStreamError, ExitError, IoError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { scope } from '../../fibers/with-scope.js';
import { collect } from '../collect.js';
import type { Writer } from '../streams/writer.js';
import type { Exit } from './child-process.js';
import { start, type StartOptions } from './start.js';

export interface ExecuteOptions extends Omit<StartOptions, 'stdin' | 'stdout' | 'stderr'> {
  /** Its standard input; empty unless given. */
  readonly input?: string | Uint8Array;
  /** The most bytes that it may write to its standard output, and to its standard error; 16 MiB unless given. */
  readonly limit?: number;
  /** Whether to throw `ExitError` unless it exits with 0; false unless given. */
  readonly check?: boolean;
  /** How its output becomes text; `utf8` unless given, `buffer` for bytes. */
  readonly encoding?: BufferEncoding | 'buffer';
}

/** How a program ended, and what it wrote. */
export interface Executed<T> extends Exit {
  readonly stdout: T;
  readonly stderr: T;
}

/**
 * Runs a program to its end and returns what it wrote. No shell is involved.
 *
 * @throws `IoError` if it cannot be started; `TooLargeError` if it writes more than `limit`; `ExitError` if `check` is
 * set and it does not exit with 0.
 * Suspends: until it has exited and its output has ended. If cancelled: stops it as `start` says, then throws.
 *
 * @example
 * const { stdout } = yield* execute('git', ['rev-parse', 'HEAD'], { check: true });
 */
export function execute(
  command: string,
  args: readonly string[] | undefined,
  options: ExecuteOptions & { readonly encoding: 'buffer' },
): Operation<Executed<Buffer>>;
export function execute(
  command: string,
  args?: readonly string[],
  options?: ExecuteOptions & { readonly encoding?: BufferEncoding },
): Operation<Executed<string>>;
export function* execute(
  command: string,
  args: readonly string[] = [],
  options: ExecuteOptions = {},
): Operation<Executed<Buffer | string>> {
  checkKnown('execute', options, EXECUTE_OPTIONS);
  const { input, limit = 16 * 1024 * 1024, check = false, encoding = 'utf8', ...others } = options;
  checkInteger('limit', limit, 0, Infinity);
  if (encoding !== 'buffer') checkEncoding(encoding);
  const { exit, stdout, stderr } = yield* scope(function* (work) {
    const stdin = input === undefined ? ('ignore' as const) : ('pipe' as const);
    const child = yield* start(command, args, { ...others, stdin, stdout: 'pipe', stderr: 'pipe' });
    const output = work.spawn(collect, child.stdout, limit, `The output of \`${command}\``);
    const errors = work.spawn(collect, child.stderr, limit, `The standard error of \`${command}\``);
    if (input !== undefined) work.spawn(writeInput, child.stdin, input);
    return { stdout: yield* output.join(), stderr: yield* errors.join(), exit: yield* child.wait() };
  });
  if (check && exit.code !== 0) throw new ExitError(command, exit, stderr.subarray(-STDERR_TAIL).toString());
  if (encoding === 'buffer') return { ...exit, stdout, stderr };
  return { ...exit, stdout: stdout.toString(encoding), stderr: stderr.toString(encoding) };
}

const EXECUTE_OPTIONS: Known<ExecuteOptions> = {
  cwd: true,
  env: true,
  input: true,
  limit: true,
  check: true,
  encoding: true,
  grace: true,
  uid: true,
  gid: true,
};

/** Programs need not read all of their input (`head` does not), so it is no error if they have closed it. */
function* writeInput(stdin: Writer, input: string | Uint8Array): Operation<void> {
  try {
    yield* stdin.write(input);
    yield* stdin.finish();
  } catch (error) {
    const gone = error instanceof IoError && (error.system === 'EPIPE' || error.system === 'ECONNRESET');
    if (!gone && !(error instanceof EndOfStreamError)) throw error;
  }
}

/** How much of the standard error an `ExitError` carries, in bytes: enough for the reason, little enough for a log. */
const STDERR_TAIL = 4096;
