import type { Work } from '../fibers/governor.js';
import { CpuBudget } from './cpu-budget.js';

/**
 * Processor time for telling others that they were not let in: so much on connections that are kept, and as much on new ones. Whoever
 * was told to close a connection comes back on a new one, and must not find the time for telling used up.
 */
export class Answers {
  private readonly onNew: CpuBudget;
  private readonly onKept: CpuBudget;

  constructor(now: number) {
    this.onNew = new CpuBudget(SHARE, SAVED_MS, now);
    this.onKept = new CpuBudget(SHARE, SAVED_MS, now);
  }

  /** Spends what it takes to tell who asked for `work`, if there is as much. */
  spend({ isFirst, answerMs }: Work, now: number): boolean {
    return (isFirst ? this.onNew : this.onKept).spend(answerMs, now);
  }

  /** So much of the processor has nothing else to do. */
  lend(share: number): void {
    this.onNew.share = this.onKept.share = Math.max(SHARE, share);
  }
}

/** Of the processor. */
const SHARE = 0.03;
const SAVED_MS = 5;
