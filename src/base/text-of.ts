import { describe } from './check.js';

/** `String(value)`, even of what has no text or throws when asked for it: anything can be thrown, or be a signal's reason. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return describe(value);
  }
}
