import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'HEDDLE_BENCH_DIRECTORY';

/** Makes the directory for what the measuring processes of one run share. Answers the environment that tells them where. */
export function makeRunDirectory(): { readonly environment: NodeJS.ProcessEnv; readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  return { environment: { [variable]: directory }, directory };
}

/** That directory; undefined in a process that was started by hand. */
export const runDirectory = (): string | undefined => process.env[variable];
