import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Subject } from './harness/benchmark.js';
import { flagsFor } from './harness/compiled.js';
import type { Context } from './harness/context.js';
import { median } from './harness/median.js';
import type { SubjectName } from './harness/subject-name.js';
import { startMs } from './metric.js';
import { writeProgramOfModules } from './peers/program-of-modules.js';

const modules = 200;

/** What is in the cache before each start, as the size of a case: nothing, or everything. */
const nothing = 0;
const everything = 1;

const starts = (subject: SubjectName): Subject => {
  const flags = flagsFor(subject);
  return (cached, context) => {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-start-'));
    try {
      const file = writeProgramOfModules(directory, modules);
      const cache = join(directory, 'cache');
      start(flags, file, cache);
      return median(
        Array.from({ length: countOf(context) }, () => {
          if (cached === nothing) rmSync(cache, { recursive: true, force: true });
          return start(flags, file, cache);
        }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
};

function countOf({ quick, smoke }: Context): number {
  return smoke ? 1 : quick ? 7 : 15;
}

/** Milliseconds from the start of the process to its end. */
function start(flags: readonly string[], file: string, cache: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...flags, file], {
    env: { ...process.env, NODE_OPTIONS: '', HEDDLE_CACHE: cache },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The program ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}

/** How much longer a program takes to start if it is compiled as it is loaded. */
export const benchmark: Benchmark = {
  name: 'start',
  operation: `a process starts, imports heddle and ${modules} modules of 10 KB, of which every other one is compiled, and ends`,
  metrics: [startMs],
  cases: [
    { name: 'cold', size: nothing },
    { name: 'cached', size: everything },
  ],
  subjects: { heddle: starts('heddle'), 'heddle-compiled': starts('heddle-compiled') },
};
