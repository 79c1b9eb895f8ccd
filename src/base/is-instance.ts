/** `value instanceof Class` for what was thrown: that can be anything, also a proxy that throws when it is asked. */
export function isInstance<T>(value: unknown, Class: abstract new (...args: never) => T): value is T {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}
