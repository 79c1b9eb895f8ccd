import { MisuseError } from '../base/errors.js';
import { nameOf } from '../base/name-of.js';
import { isOperation } from './foreign-yield.js';

/** The error for a function called `name` that returned an operation which nobody will run. */
export function neverRun(name: string): MisuseError {
  return new MisuseError(
    `\`${name}\` returned an operation that was never run: write \`return yield* …\` (or \`yield* …\`)`,
  );
}

/** Throws if `result`, which `body`'s operation returned to nobody, is an operation: it would be dropped in silence. */
export function checkDropped(result: unknown, body: Function): void {
  if (result !== undefined && isOperation(result)) throw neverRun(nameOf(body));
}
