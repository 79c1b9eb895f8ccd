import { MisuseError } from '../base/errors.js';
import type { Fiber } from './fiber.js';

/**
 * The fiber that runs now, or null outside of all fibers. A register in the sense of a processor's, swapped by the
 * run loop at each switch: JavaScript runs one fiber at a time whatever the number of runtimes, so it is the one
 * piece of module state here. Passing the fiber through every `yield*` instead would need a second protocol beside
 * the iterator's.
 */
export const current: { fiber: Fiber | null } = { fiber: null };

/** The current fiber, for what makes sense only inside one. `what` names the caller in the error. */
export function currentFiber(what: string): Fiber {
  if (current.fiber !== null) return current.fiber;
  throw new MisuseError(`\`${what}\` works only inside a fiber: in a \`function*\` started by run, main or spawn`);
}
