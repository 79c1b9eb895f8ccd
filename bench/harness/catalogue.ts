import type { Benchmark } from './benchmark.js';
import { UsageError } from './usage-error.js';

/** Loaded one at a time, so that a measuring process holds nothing but its own benchmark. */
const modules: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  micro: () => import('../micro.js'),
  switch: () => import('../switch.js'),
  spawn: () => import('../spawn.js'),
  memory: () => import('../memory.js'),
  effects: () => import('../effects.js'),
  depth: () => import('../depth.js'),
  call: () => import('../call.js'),
  start: () => import('../start.js'),
  loop: () => import('../loop.js'),
  hog: () => import('../hog.js'),
  channel: () => import('../channel.js'),
  'producer-consumer': () => import('../producer-consumer.js'),
  pipes: () => import('../pipes.js'),
  disk: () => import('../disk.js'),
  'disk-cached': () => import('../disk-cached.js'),
  mutex: () => import('../mutex.js'),
  timers: () => import('../timers.js'),
  cancel: () => import('../cancel.js'),
  echo: () => import('../echo.js'),
  http: () => import('../http.js'),
  fastify: () => import('../fastify.js'),
  pages: () => import('../pages.js'),
  insight: () => import('../insight.js'),
};

export const benchmarkNames: readonly string[] = Object.keys(modules);

/** @throws {UsageError} if there is none of that name. */
export async function loadBenchmark(name: string): Promise<Benchmark> {
  const load = modules[name];
  if (load === undefined) throw new UsageError(`Unknown benchmark \`${name}\`; there are ${benchmarkNames.join(', ')}`);
  return (await load()).benchmark;
}
