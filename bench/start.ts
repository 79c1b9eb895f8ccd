import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Case, Subject } from './harness/benchmark.js';
import type { Context } from './harness/context.js';
import { median } from './harness/median.js';
import { runDirectory } from './harness/run-directory.js';
import { startMs } from './metric.js';
import { writeProgramOfModules, type Language } from './peers/program-of-modules.js';

const modules = 200;

/** The sizes of the cases are their places here. */
const programs: readonly { readonly name: string; readonly language: Language; readonly cached: boolean }[] = [
  { name: 'javascript-cold', language: 'mjs', cached: false },
  { name: 'javascript-cached', language: 'mjs', cached: true },
  { name: 'typescript-cold', language: 'mts', cached: false },
  { name: 'typescript-cached', language: 'mts', cached: true },
];

/** The program is started with a loader, or with none. */
const starts =
  (...loader: readonly string[]): Subject =>
  (index, context) => {
    const { language, cached } = programs[index]!;
    const directory = mkdtempSync(join(runDirectory() ?? tmpdir(), 'heddle-bench-start-'));
    try {
      // Without a loader there is no TypeScript: what `tsc` leaves of it is started.
      const file = writeProgramOfModules(directory, modules, loader.length === 0 ? 'mjs' : language);
      const flags = loader.flatMap((url) => ['--import', url]);
      const cache = join(directory, 'cache');
      return repeated(context, cached, () => {
        if (!cached) rmSync(cache, { recursive: true, force: true });
        mkdirSync(cache, { recursive: true });
        return start([...flags, file], directory, cache);
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

/** The median of as many as there is time for: some take seconds. */
function repeated({ quick, smoke, duration }: Context, cached: boolean, once: () => number): number {
  if (cached) once();
  const most = smoke ? 1 : quick ? 7 : 15;
  const results: number[] = [];
  const begin = performance.now();
  do results.push(once());
  while (results.length < most && performance.now() - begin < duration * 6);
  return median(results);
}

/** Milliseconds from the start of the process to its end. */
function start(args: readonly string[], directory: string, cache: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: directory,
    // Where tsx and jiti keep theirs.
    env: { ...process.env, HEDDLE_CACHE: cache, TMPDIR: cache, JITI_RESPECT_TMPDIR_ENV: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The program ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}

/** What it costs to translate a program as it is loaded: for fibers, from TypeScript, or both. */
export const benchmark: Benchmark = {
  name: 'start',
  operation: `a process starts through a loader, imports heddle and ${modules} modules of 10 KB, and ends`,
  metrics: [startMs],
  cases: programs.map(({ name }, size): Case => ({ name, size })) as [Case, ...Case[]],
  // It leaves JavaScript alone.
  takesPart: (subject, index) => subject !== 'jiti' || programs[index]!.language === 'mts',
  subjects: {
    heddle: starts(import.meta.resolve('heddle/register')),
    node: starts(),
    tsx: starts(import.meta.resolve('tsx')),
    jiti: starts(import.meta.resolve('jiti/register')),
    esbuild: starts(new URL('./peers/esbuild-loader.js', import.meta.url).href),
  },
};
