/** `value instanceof Class` for what was thrown: that can be anything, even a proxy that throws on every access. */
export function isInstance<T>(value: unknown, Class: abstract new (...args: never) => T): value is T {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}
