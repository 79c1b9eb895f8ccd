import { MisuseError } from '../base/errors.js';
import { nameOf } from '../base/name-of.js';
import { isOperation } from './foreign-yield.js';

/** `name` returned an operation where no operation is of any use. */
export function neverRun(name: string): MisuseError {
  return new MisuseError(
    `\`${name}\` returned an operation that was never run: write \`return yield* …\` (or \`yield* …\`)`,
  );
}

/** `result`, of what `body` made, goes to nobody: an operation would be dropped in silence. */
export function checkDropped(result: unknown, body: Function): void {
  if (result !== undefined && isOperation(result)) throw neverRun(nameOf(body));
}
