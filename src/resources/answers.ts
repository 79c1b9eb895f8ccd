import type { Work } from '../fibers/governor.js';
import { CpuBudget } from './cpu-budget.js';

/**
 * Processor time for sending refusals: on new connections, on those that are kept, and on those for what is refused as soon as it
 * comes, which is cheap. A client that was told to close its connection comes back on a new one, and must not use up the time for
 * the others.
 */
export class Answers {
  /** For how long there has been too little time for refusing at once, in every tick. */
  lackingMs: number = 0;
  private readonly onNew: CpuBudget;
  private readonly onKept: CpuBudget;
  private readonly atOnce: CpuBudget;
  private lacks: boolean = false;

  constructor(now: number) {
    this.onNew = new CpuBudget(SHARE, SAVED_MS, now);
    this.onKept = new CpuBudget(SHARE, SAVED_MS, now);
    this.atOnce = new CpuBudget(AT_ONCE_SHARE, SAVED_MS, now);
  }

  /** Spends the time for refusing `work`, if there is as much. */
  spend({ isFirst, answerMs }: Work, now: number): boolean {
    return (isFirst ? this.onNew : this.onKept).spend(answerMs, now);
  }

  /** The same for work that has just come on a connection that is kept. */
  spendAtOnce(now: number): boolean {
    if (this.atOnce.spend(AT_ONCE_MS, now)) return true;
    this.lacks = true;
    return false;
  }

  /** `elapsedMs` have passed since the last tick. */
  tick(elapsedMs: number): void {
    this.lackingMs = this.lacks ? this.lackingMs + elapsedMs : 0;
    this.lacks = false;
  }

  /** Something else is short: this share of the processor has nothing else to do, and may be used. */
  lend(share: number): void {
    this.onNew.share = this.onKept.share = Math.max(SHARE, share);
    this.atOnce.share = Math.max(AT_ONCE_SHARE, share);
  }
}

/** Of the processor. */
const SHARE = 0.03;
const AT_ONCE_SHARE = 0.1;
/** With what it takes to read the request; measured on Node 20. */
const AT_ONCE_MS = 0.03;
const SAVED_MS = 5;
