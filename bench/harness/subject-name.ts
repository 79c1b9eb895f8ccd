/**
 * The fixed names of what is compared, in the order of the tables: results of different versions stay comparable. No benchmark has all of
 * them. `heddle` is what every ratio is taken of.
 */
export const subjectNames = [
  'heddle',
  'heddle-unrecorded',
  'heddle-compiled',
  'generator',
  'await',
  'worker_threads',
  'effect',
  'effection',
  'go',
  'pthreads',
  'net',
  'node:http',
  'fastify',
] as const;

export type SubjectName = (typeof subjectNames)[number];

export function isSubjectName(name: string): name is SubjectName {
  return (subjectNames as readonly string[]).includes(name);
}
