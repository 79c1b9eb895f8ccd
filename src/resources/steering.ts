import type { ReadyList } from '../fibers/ready-list.js';
import type { Kind } from './kind.js';
import type { Outlook } from './outlook.js';

/** Port: what the governor steers beside admission: the order in which ready fibers run. */
export interface Steering {
  /** Tells how the outlook has changed, some times a second. */
  steer(outlook: Outlook, kinds: readonly Kind[]): void;
  /** Something was given back: what was held back may fit now. */
  released(): void;
  /** Fibers that are held back now. */
  readonly heldFibers: number;
  /** The same by the lists they stand in. */
  readonly heldLists: readonly ReadyList[];
  /**
   * If all of the `live` work is held back, lets the one run that needs least, so that it ends. False if there is no
   * room for that either.
   */
  unstick(live: number, outlook: Outlook): boolean;
}
