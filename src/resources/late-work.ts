import { CpuBudget } from './cpu-budget.js';
import type { Kind } from './kind.js';
import type { Outlook } from './outlook.js';
import { scarcestMs } from './scarcest-ms.js';

/**
 * Kinds of work that are answered too late whenever they begin, such as a report that takes longer than the goal. Under overload
 * they would take the place of work that can be answered in time, and be worth nothing themselves. So they get a small part of
 * what they need most of, in which it shows when they have become faster.
 */
export class LateWork {
  static readonly REASON: string = 'too late';
  private readonly budget: CpuBudget;
  /** Late kinds, if enough of what is offered can be answered in time. */
  private readonly givesWay: Set<Kind> = new Set();

  constructor(now: number) {
    this.budget = new CpuBudget(SHARE, SAVED_MS, now);
  }

  /** To be called some times a second, with all kinds of the entry. */
  tick(kinds: Iterable<Kind>): void {
    const { givesWay } = this;
    givesWay.clear();
    let all = 0;
    let inTime = 0;
    for (const kind of kinds) {
      all += kind.rate;
      if (kind.isLate) givesWay.add(kind);
      else inTime += kind.rate;
    }
    if (inTime < LEAST_IN_TIME * all) givesWay.clear();
  }

  /** Whether one more of `kind`, which is late, may begin although there is overload. */
  mayBegin(kind: Kind, outlook: Outlook | null, now: number): boolean {
    if (!this.givesWay.has(kind)) return true;
    const { start } = kind;
    const costMs = start === null || outlook === null ? 1 : scarcestMs(start, outlook);
    return this.budget.borrow(Math.min(costMs, MOST_MS), now);
  }
}

/** Of what such work needs most of; so much, in ms, may be saved up, and a single piece counts for no more than the last. */
const SHARE = 0.05;
const SAVED_MS = 5;
const MOST_MS = 1000;
/** Of all that is offered: if less can be answered in time, the goal is wrong, and everything is served as if it were in time. */
const LEAST_IN_TIME = 0.1;
