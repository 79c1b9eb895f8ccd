import type { Fiber } from './fiber.js';
import { enlist, outsideOfFibers } from './outside-of-fibers.js';
import type { CallChain } from './recorder.js';

/**
 * Registers in the sense of a processor's, swapped by the run loop at each switch: JavaScript runs one fiber at a time whatever
 * the number of runtimes, so they are module state. Passing them through every `yield*` instead would need a second protocol
 * beside the iterator's; reaching them through the fiber would cost one more load on each call of compiled code.
 *
 * Modules on the path of a switch keep them in a constant of their own. An imported or exported binding V8 loads through a cell
 * and checks at every use; a module's own constant it folds into the code, together with its shape.
 */
const registers: Registers = { fiber: null, chain: null, entry: 0 };

enlist(registers);

export const current: Registers = registers;

interface Registers {
  /** The fiber that runs now, or null outside of all fibers. */
  fiber: Fiber | null;
  /** The calls that led to where the fiber is; kept in `fiber.chain` while it does not run. */
  chain: CallChain | null;
  /**
   * Whether, and by whom, a generator that the run loop drives is being resumed for the first time. Compiled functions need it
   * to tell that from being iterated as plain data.
   */
  entry: EnteredBy;
}

/** Small integers on the hot path. */
export type EnteredBy = 0 | 1 | 2;
export const NO_ENTRY = 0;
/** By a call site of compiled code, for the generator that it is about to delegate to. */
export const BY_SITE = 1;
/** By `begin`, for the run loop. */
export const BY_LOOP = 2;

/** The current fiber, for what makes sense only inside one. `what` names the caller in the `MisuseError` thrown outside. */
export function currentFiber(what: string): Fiber {
  if (registers.fiber !== null) return registers.fiber;
  throw outsideOfFibers(what, 'works only inside a fiber: in a `function*` started by run, main or spawn');
}
