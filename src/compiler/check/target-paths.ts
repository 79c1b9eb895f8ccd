/**
 * The paths in a target of `imports` or `exports` of a `package.json`, which is a path, an object with one target per condition, or
 * a list of targets: those of all conditions, in order, since it is unknown which will hold. `part` is what a `*` stands for.
 */
export function targetPaths(target: unknown, part: string): string[] {
  if (typeof target === 'string') return target.startsWith('./') ? [target.replaceAll('*', () => part)] : [];
  return typeof target === 'object' && target !== null
    ? Object.values(target).flatMap((one) => targetPaths(one, part))
    : [];
}
