import { checkFunction } from './base/check.js';
import { MisuseError, CancelledError } from './base/errors.js';
import { checkKnown } from './base/known-options.js';
import { nameOf } from './base/name-of.js';
import { textOf } from './base/text-of.js';
import type { Operation } from './fibers/operation.js';
import { openInspectionServer } from './inspect/inspection-server.js';
import { hasInspection } from './inspect/socket-path.js';
import { processInfo } from './process-info.js';
import { Runtime, RUNTIME_OPTIONS, type RuntimeOptions } from './runtime.js';

export interface MainOptions extends RuntimeOptions {
  /**
   * Whether `heddle ps` and `heddle graph` of the same user can inspect this process; true unless given or the environment has
   * `HEDDLE_INSPECT=0`.
   */
  readonly inspect?: boolean;
}

/** Signals that ask a process to stop, with the exit codes of a shell. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

let running = false;
let called = false;

/** Whether the program has called `main`, even if that has ended. */
export function hasMain(): boolean {
  return called;
}

/**
 * Runs `f` as the program of this process. The first SIGINT or SIGTERM cancels it, so that it stops in order; the second ends
 * the process at once. An error is printed, and makes the exit code 1. After a signal the exit code is 130 or 143; but if `f`
 * returned all the same, a `process.exitCode` that the program has set stays.
 *
 * @param f the program. Its argument is the runtime, whose `snapshot()` is the blocking graph as data.
 * @returns a promise that resolves when the program has ended, and never rejects.
 * @throws `MisuseError` when another `main` is running, and inside a fiber; `ArgumentError`.
 *
 * @example
 * main(function* () {
 *   const server = yield* listen({ port: 7 });
 *   yield* server.serve(echo);
 * });
 */
export function main(f: (runtime: Runtime) => Operation<unknown>, options: MainOptions = {}): Promise<void> {
  if (running)
    throw new MisuseError(
      'A second `main`: there is one in a process. Inside it write `yield* f()` or `yield* spawn(f)`',
    );
  checkFunction('f', f);
  checkKnown('main', options, { ...RUNTIME_OPTIONS, inspect: true });
  const { inspect = true, ...own } = options;
  const runtime = new Runtime(own);
  const program = runtime.start(Object.defineProperty(() => f(runtime), 'name', { value: nameOf(f, 'main') }));
  running = called = true;
  return attend(program, runtime, inspect).finally(() => {
    running = false;
  });
}

/** Handles signals and serves inspection while the program runs, and reports how it ended. */
async function attend(
  { root, result }: ReturnType<Runtime['start']>,
  runtime: Runtime,
  inspected: boolean,
): Promise<void> {
  let stopping: keyof typeof SIGNALS | null = null;
  const stop = (signal: keyof typeof SIGNALS): void => {
    if (stopping !== null) process.exit(SIGNALS[signal]);
    stopping = signal;
    root.cancel(`received ${signal}`);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, stop);
  // It may fail before it is awaited below: until then that is no unhandled rejection.
  result.catch(() => {});
  const inspection = inspected ? await inspect(runtime) : null;
  try {
    await result;
    // `f` has returned; a signal may have stopped what it had started.
    if (stopping !== null) process.exitCode ??= SIGNALS[stopping];
  } catch (error) {
    if (stopping !== null && error instanceof CancelledError) process.exitCode = SIGNALS[stopping];
    else {
      process.exitCode = 1;
      print(error);
    }
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, stop);
    await inspection?.close();
  }
}

/**
 * An error may have a way of its own to be printed, which may throw, and so may what the program has put in place of
 * `console`.
 */
function print(error: unknown): void {
  try {
    console.error(error);
  } catch {
    process.stderr.write(`${textOf(error)}\n`);
  }
}

/**
 * A program runs even where it cannot be inspected: if the directory for the socket is read-only or another user's, that is only
 * printed. On Windows, where no program can be, it is not: nobody could mend it.
 */
async function inspect(runtime: Runtime): Promise<{ close(): Promise<void> } | null> {
  if (process.env['HEDDLE_INSPECT'] === '0' || !hasInspection()) return null;
  try {
    const { pid, title } = processInfo();
    return await openInspectionServer({ pid, title, snapshot: () => runtime.snapshot() });
  } catch (error) {
    console.error(`heddle: cannot be inspected: ${(error as Error).message}`);
    return null;
  }
}
