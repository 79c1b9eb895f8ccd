import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './benchmark.js';
import type { Context } from './context.js';
import { runPeerProgram } from './peer-program.js';

const variable = 'HEDDLE_BENCH_C';
const sources = fileURLToPath(new URL('../../../bench/peers/c', import.meta.url));

export const gccIsInstalled = (): boolean => spawnSync('gcc', ['--version']).status === 0;

/** Builds the peers of POSIX threads into a temporary directory. Answers the environment that tells the processes below where. */
export function buildCPeers(): { readonly environment: NodeJS.ProcessEnv; readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const program = join(directory, 'peers');
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  const flags = ['-std=gnu11', '-O2', '-pthread', '-o', program, ...files];
  const built = spawnSync('gcc', flags, { cwd: sources, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The C peers do not build:\n${built.stderr}`);
  return { environment: { [variable]: program }, directory };
}

export function cProgram(): string {
  const program = process.env[variable];
  if (program === undefined) throw new Error(`The C peers are not built: \`${variable}\` names no program`);
  return program;
}

/** The C program's subject of this benchmark. It pins itself to one processor where Node has one. */
export function pthreadsPeer(size: number, context: Context, ...extra: readonly string[]): Promise<Measured> {
  return runPeerProgram(cProgram(), size, context, extra);
}

/** What the C peers say when the system gives them no more threads: how far threads go is a result. */
export function threadLimit(complaint: string): string | undefined {
  return complaint.includes('pthread_create:') ? 'more threads than the system allows' : undefined;
}
