import { describe, isPromise } from '../base/check.js';
import { MisuseError } from '../base/errors.js';
import { Spawn } from './spawn.js';
import { Suspension } from './suspension.js';
import { YieldNow } from './yield-now.js';

/** Something that is not a suspension was yielded to the run loop: says what, and how to write it. */
export function explainForeignYield(value: unknown): MisuseError {
  if (isOperation(value)) {
    const what = value instanceof Suspension ? `a \`${value.kind.label.text}\`` : 'an';
    return new MisuseError(`\`yield\` of ${what} operation: write \`yield*\` instead of \`yield\``);
  }
  if (isPromise(value)) return new MisuseError('A promise was yielded: write `yield* until(promise)`');
  return new MisuseError(
    `A fiber yielded ${describe(value)}. Fibers only wait for operations, with \`yield*\`; to iterate plain data use for…of`,
  );
}

/**
 * Guards against the classic slip of a missing `yield*`: an operation that is returned as a result was most likely
 * meant to be run.
 */
export function isOperation(value: unknown): boolean {
  try {
    return (
      value instanceof Suspension ||
      value instanceof YieldNow ||
      value instanceof Spawn ||
      (typeof value === 'object' &&
        value !== null &&
        typeof (value as Iterator<unknown>).next === 'function' &&
        typeof (value as Iterator<unknown>).throw === 'function' &&
        typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function')
    );
  } catch {
    // A proxy, or a module that is still loading: it throws whatever it is asked for.
    return false;
  }
}
