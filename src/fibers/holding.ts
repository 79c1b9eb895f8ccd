import type { Enrolled } from '../base/roster.js';
import type { Fiber } from './fiber.js';

/** The open files of a fiber. */
export class Holding implements Enrolled {
  readonly fiber: Fiber;
  held: number = 0;
  /** The most it has held at once so far. */
  most: number = 0;
  slot: number = -1;

  constructor(fiber: Fiber) {
    this.fiber = fiber;
  }
}
