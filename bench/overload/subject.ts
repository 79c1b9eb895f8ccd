/** The subjects of this benchmark, in the order of its tables. */
export const overloadSubjects = [
  'heddle',
  'heddle-uncontrolled',
  'static',
  'node:http',
  'node:http-160',
  'under-pressure',
  'heddle-fastify',
  'codel',
  'gradient2',
] as const;

export type OverloadSubject = (typeof overloadSubjects)[number];

export function isOverloadSubject(name: string): name is OverloadSubject {
  return (overloadSubjects as readonly string[]).includes(name);
}

/** Takes all that comes, for as long as it can. */
export function isUncontrolled(name: string): boolean {
  return (['heddle-uncontrolled', 'node:http', 'node:http-160'] satisfies OverloadSubject[] as string[]).includes(name);
}

/** A fixed limit of requests at once, and how many connections the kernel keeps in front of them. */
export interface StaticSetting {
  readonly limit: number;
  readonly backlog: number;
}
