import type { Timer } from '../base/instant.js';

/** What a timer of the run loop is set for: a sleeping fiber, a scope with a deadline, a governor. */
export interface Timed extends Timer<Timed> {
  /** Its time has come; it is not set any more. */
  timeUp(): void;
}
