import type { Work } from '../fibers/governor.js';
import { CpuBudget } from './cpu-budget.js';

/**
 * Processor time for sending refusals: on new connections, and on those that are kept, where it is cheap to be told at once. A
 * client that was told to close its connection comes back on a new one, and must not use up the time for the others.
 */
export class Answers {
  /** For how long refusals on connections that are kept have had too little time in every tick. */
  lackingMs: number = 0;
  private readonly onNew: CpuBudget;
  private readonly onKept: CpuBudget;
  private lacks: boolean = false;

  constructor(now: number) {
    this.onNew = new CpuBudget(NEW_SHARE, SAVED_MS, now);
    this.onKept = new CpuBudget(KEPT_SHARE, SAVED_MS, now);
  }

  /** Spends the time for refusing `work`, if there is as much. */
  spend({ isFirst, answerMs }: Work, now: number): boolean {
    if ((isFirst ? this.onNew : this.onKept).spend(answerMs, now)) return true;
    if (!isFirst) this.lacks = true;
    return false;
  }

  /** `elapsedMs` have passed since the last tick. */
  tick(elapsedMs: number): void {
    this.lackingMs = this.lacks ? this.lackingMs + elapsedMs : 0;
    this.lacks = false;
  }

  /** A share of the processor has nothing else to do, and may be used. */
  lend(share: number): void {
    this.onNew.share = Math.max(NEW_SHARE, share);
    this.onKept.share = Math.max(KEPT_SHARE, share);
  }
}

/** Of the processor. */
const NEW_SHARE = 0.03;
const KEPT_SHARE = 0.1;
const SAVED_MS = 5;
