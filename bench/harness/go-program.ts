import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './benchmark.js';
import type { Context } from './context.js';
import { runPeerProgram } from './peer-program.js';

const variable = 'HEDDLE_BENCH_GO';
const sources = fileURLToPath(new URL('../../../bench/peers/go', import.meta.url));

export const goIsInstalled = (): boolean => spawnSync('go', ['version']).status === 0;

/** Builds the Go peers into a temporary directory. Answers the environment that tells the processes below where. */
export function buildGoPeers(): { readonly environment: NodeJS.ProcessEnv; readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const program = join(directory, 'peers');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: sources,
    env,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`The Go peers do not build:\n${built.stderr}`);
  return { environment: { [variable]: program }, directory };
}

export function goProgram(): string {
  const program = process.env[variable];
  if (program === undefined) throw new Error(`The Go peers are not built: \`${variable}\` names no program`);
  return program;
}

/**
 * One processor, like Node. And goroutines are interrupted only where they call a function: one that is stopped while it adds
 * to the lap's count would take back, when it goes on, what all the others have counted since. Seen to hide half of Go's rate.
 */
const environment: NodeJS.ProcessEnv = { GOMAXPROCS: '1', GODEBUG: 'asyncpreemptoff=1' };

/** The Go program's subject of this benchmark. */
export function goPeer(size: number, context: Context): Promise<Measured> {
  return runPeerProgram(goProgram(), size, context, [], environment);
}

/** The same where Node has threads on all processors, too: the program counts so that it may be interrupted anywhere. */
export function goPeerOnAllProcessors(size: number, context: Context, path: string): Promise<Measured> {
  return runPeerProgram(goProgram(), size, context, [path]);
}
