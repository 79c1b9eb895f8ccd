import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Measured, Subject } from './benchmark.js';

const variable = 'HEDDLE_BENCH_GO';
const sources = fileURLToPath(new URL('../../../bench/peers/go', import.meta.url));

export const goIsInstalled = (): boolean => spawnSync('go', ['version']).status === 0;

/** Builds the Go peers into a temporary directory. Answers the environment that tells the processes below where. */
export function buildGoPeers(): { readonly environment: NodeJS.ProcessEnv; readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  const program = join(directory, 'peers');
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: sources, env: environment, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The Go peers do not build:\n${built.stderr}`);
  return { environment: { [variable]: program }, directory };
}

export function goProgram(): string {
  const program = process.env[variable];
  if (program === undefined) throw new Error(`The Go peers are not built: \`${variable}\` names no program`);
  return program;
}

/** The Go program's subject of this benchmark. It keeps to the same warm-up and duration, on one processor like Node. */
export const goPeer: Subject = async (size, { benchmark, warmUp, duration }) => {
  const flags = [benchmark, String(size), String(warmUp), String(duration)];
  const { stdout } = await promisify(execFile)(goProgram(), flags, { env: { ...process.env, GOMAXPROCS: '1' } });
  return JSON.parse(stdout) as Measured;
};
