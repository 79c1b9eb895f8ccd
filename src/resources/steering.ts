import type { ReadyList } from '../fibers/ready-list.js';
import type { Kind } from './kind.js';
import type { Outlook } from './outlook.js';

/** Port: what the governor steers besides admission: the order in which ready fibers run. */
export interface Steering {
  /** Called some times a second with the new outlook. */
  steer(outlook: Outlook, kinds: readonly Kind[]): void;
  /** Something was given back: what was held back may fit now. */
  released(): void;
  /** Fibers that are held back now. */
  readonly heldFibers: number;
  /** The lists they are in. */
  readonly heldLists: readonly ReadyList[];
  /**
   * If all `live` work is held back, lets the fiber run that needs least, so that it ends. False if there is no room even for
   * that.
   */
  unstick(live: number, outlook: Outlook): boolean;
}
