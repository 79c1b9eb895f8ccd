/**
 * The fixed names of what is compared, in the order of the tables: results of different versions stay comparable. No benchmark
 * has all of them. `heddle` is what every ratio is taken of.
 */
export const subjectNames = [
  'heddle',
  'heddle-unrecorded',
  'heddle-compiled',
  'heddle-fifo',
  'heddle-full',
  'heddle-watched',
  'heddle-unrecorded-compiled',
  'heddle-full-compiled',
  'heddle-watched-compiled',
  'heddle-async-context',
  'heddle-cls-hooked',
  'heddle-uncontrolled',
  'generator',
  'callback',
  'await',
  'async_hooks',
  'worker_threads',
  'effect',
  'effection',
  'go',
  'pthreads',
  'pthreads-pool',
  'net',
  'static',
  'node:http',
  'node:http-160',
  'fastify',
  'under-pressure',
  'heddle-fastify',
  'codel',
  'gradient2',
  'node',
  'tsx',
  'jiti',
  'esbuild',
  'built-in',
  'package',
  'textbook',
] as const;

export type SubjectName = (typeof subjectNames)[number];

export function isSubjectName(name: string): name is SubjectName {
  return (subjectNames as readonly string[]).includes(name);
}
