import { describe, expected } from '../base/check.js';
import { ArgumentError, MisuseError } from '../base/errors.js';
import { unheard } from '../base/unheard.js';
import { adviceFor } from './advice-for.js';
import { mayBeOperation } from './may-be-operation.js';
import type { Operation } from './operation.js';
import { YieldNow } from './yield-now.js';

/**
 * Checks what `all` and `race` run: an array of operations, all different. If two fibers drove one generator, each would resume
 * it in the middle of the other's wait.
 */
export function checkOperations(operations: readonly Operation<unknown>[]): void {
  if (!Array.isArray(operations)) throw expected('operations', 'an array of operations', operations);
  const seen = new Set<unknown>();
  // Not `forEach`, which leaves out holes.
  for (const [index, operation] of operations.entries()) {
    if (!mayBeOperation(operation)) {
      operations.forEach((one) => unheard(one));
      const came = `${describe(operation)}: ${adviceFor(operation)}`;
      throw new ArgumentError(`Expected \`operations[${index}]\` to be an operation, got ${came}`);
    }
    if (seen.has(operation) && !(operation instanceof YieldNow))
      throw new MisuseError(
        `\`operations[${index}]\` stands there twice. An operation runs once: make a new one for each place`,
      );
    seen.add(operation);
  }
}
