import { describe } from './check.js';

/** `String(value)`, also of what has no text or throws when it is asked for it: anything can be thrown, or abort a signal. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return describe(value);
  }
}
