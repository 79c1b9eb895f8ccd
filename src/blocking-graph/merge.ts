/** Joins items with equal keys; the result is in the order of first occurrence. */
export function merge<T>(items: readonly T[], keyOf: (item: T) => string, join: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const before = merged.get(key);
    merged.set(key, before === undefined ? item : join(before, item));
  }
  return [...merged.values()];
}

/** Joins items of one name. */
export function mergeNamed<T extends { readonly name: string }>(items: readonly T[], join: (a: T, b: T) => T): T[] {
  return merge(items, ({ name }) => name, join);
}
