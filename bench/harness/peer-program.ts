import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Measured } from './benchmark.js';
import type { Context } from './context.js';

/**
 * Measures one case with a peer in another language. It keeps to the same warm-up and duration, and prints the value.
 *
 * @param extra what only some benchmarks have to tell it.
 */
export async function runPeerProgram(
  program: string,
  size: number,
  { benchmark, warmUp, duration }: Context,
  extra: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Measured> {
  const flags = [benchmark, String(size), String(warmUp), String(duration), ...extra];
  const { stdout } = await promisify(execFile)(program, flags, {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Measured;
}
