import type { Work } from '../fibers/governor.js';
import { CpuBudget } from './cpu-budget.js';

/**
 * Processor time for sending refusals: so much on connections that are kept, and as much on new ones. A client that was told to
 * close its connection comes back on a new one, and must not use up the time for the others.
 */
export class Answers {
  private readonly onNew: CpuBudget;
  private readonly onKept: CpuBudget;

  constructor(now: number) {
    this.onNew = new CpuBudget(SHARE, SAVED_MS, now);
    this.onKept = new CpuBudget(SHARE, SAVED_MS, now);
  }

  /** Spends the time for refusing `work`, if there is as much. */
  spend({ isFirst, answerMs }: Work, now: number): boolean {
    return (isFirst ? this.onNew : this.onKept).spend(answerMs, now);
  }

  /** A share of the processor has nothing else to do, and may be used. */
  lend(share: number): void {
    this.onNew.share = this.onKept.share = Math.max(SHARE, share);
  }
}

/** Of the processor. */
const SHARE = 0.03;
const SAVED_MS = 5;
