import type { Operation, Runtime } from 'heddle';
import { simulate, type SimulateOptions, type World } from 'heddle/testing';
import { fuzzSeeds } from './fuzz.js';

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
  for (const seed of fuzzSeeds(options.runs ?? 50)) await simulateClean(body, { seed });
}
