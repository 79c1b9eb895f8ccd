import { inspect } from 'node:util';
import fc from 'fast-check';

// AVA requires this file before each file of tests (ava.config.js), so that what follows holds for every property.

const FIRST_SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** How many runs a test makes, at least `least`; `FUZZ_RUNS` raises the number. */
export function fuzzRuns(least: number): number {
  return Math.max(least, Number(process.env['FUZZ_RUNS']) || 0);
}

/**
 * So many seeds, from `FUZZ_SEED` or 1 on. Says under which one the body of a loop has thrown: AVA shows the assertion that
 * failed first, as it was then, and nothing of what is thrown in its place.
 */
export function* fuzzSeeds(least: number): Generator<number, void, void> {
  const end = FIRST_SEED + fuzzRuns(least);
  for (let seed = FIRST_SEED; seed < end; seed++) {
    let failed = true;
    try {
      yield seed;
      failed = false;
    } finally {
      if (failed) console.error(`Failed with FUZZ_SEED=${seed}`);
    }
  }
}

fc.configureGlobal({
  seed: FIRST_SEED,
  numRuns: fuzzRuns(100),
  reporter(run) {
    if (!run.failed) return;
    // For the same reason it is not enough to throw it.
    const report = fc.defaultReportMessage(run)!;
    console.error(`${report}\n${inspect(run.errorInstance)}`);
    throw new Error(report, { cause: run.errorInstance });
  },
});
