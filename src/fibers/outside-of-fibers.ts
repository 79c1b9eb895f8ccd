import { MisuseError } from '../base/errors.js';

/** What runs in one copy of heddle. */
interface Copy {
  readonly fiber: object | null;
}

const COPIES = Symbol.for('heddle.copies');

/**
 * All copies of heddle that share this global object, such as two versions below `node_modules`, or one in a bundle. They share
 * nothing else: to each of them the fibers of the others are plain code.
 */
const copies: Copy[] = (globalThis as { [COPIES]?: Copy[] })[COPIES] ?? [];
// Not by assignment, which throws where the global object is frozen.
Reflect.defineProperty(globalThis, COPIES, { value: copies });

export function enlist(copy: Copy): void {
  copies.push(copy);
}

/** The error for `what`, reached by no fiber of this copy. `usual` says what is wrong unless a fiber of another copy has. */
export function outsideOfFibers(what: string, usual: string): MisuseError {
  const elsewhere = copies.some(({ fiber }) => fiber !== null);
  return new MisuseError(`\`${what}\` ${elsewhere ? FOREIGN : usual}`);
}

const FOREIGN =
  'was reached by a fiber of another copy of heddle, which cannot wait for operations of this one. Load one copy only: ' +
  '`npm ls heddle` shows who depends on which version, and a bundle that is loaded beside heddle has to leave it external';
