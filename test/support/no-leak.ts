import type { Operation, Runtime } from 'heddle';
import { simulate, type SimulateOptions, type World } from 'heddle/testing';

/** What is left of a program that has ended: all zeros, unless something leaks. */
export function leftovers(runtime: Runtime): { live: number; scopes: number; ready: number; timers: number } {
  const { loop } = runtime;
  const { timers } = loop as unknown as { timers: { nextAt: number } };
  return {
    live: loop.spawned - loop.ended,
    scopes: loop.population.scopes.length,
    ready: loop.queue.size,
    timers: Number(timers.nextAt !== Infinity),
  };
}

/** Throws if the program has left anything behind. */
export function checkClean(runtime: Runtime): void {
  const left = leftovers(runtime);
  if (Object.values(left).some((count) => count !== 0)) throw new Error(`left behind: ${JSON.stringify(left)}`);
}

/** As `simulate`; rejects if the program ends and leaves fibers, scopes or timers behind, however it ends. */
export async function simulateClean<T>(body: (world: World) => Operation<T>, options?: SimulateOptions): Promise<T> {
  let runtime: Runtime | undefined;
  try {
    return await simulate((world) => {
      runtime = world.runtime;
      return body(world);
    }, options);
  } finally {
    checkClean(runtime!);
  }
}

/** As `simulateMany`, and nothing may be left behind. */
export async function simulateManyClean(
  body: (world: World) => Operation<unknown>,
  options: { readonly runs?: number } = {},
): Promise<void> {
  const runs = fuzzRuns(options.runs ?? 50);
  for (let seed = 1; seed <= runs; seed++) {
    try {
      await simulateClean(body, { seed });
    } catch (error) {
      (error as Error).message = `[seed ${seed}] ${(error as Error).message}`;
      throw error;
    }
  }
}

/** The seeds to try, at least `least`; `FUZZ_RUNS` raises the number. */
export function fuzzRuns(least: number): number {
  return Math.max(least, Number(process.env['FUZZ_RUNS']) || 0);
}
