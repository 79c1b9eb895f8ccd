import { current } from '../../fibers/current.js';

/**
 * Tells compiled code, which could otherwise run for ever, when the slice of its fiber is over. It is asked far too often to
 * read the clock each time, which costs as much as forty short iterations: while readings find that little time has passed
 * since the last one, more and more questions are answered without. One watch serves all fibers, which share one processor.
 */
class SliceWatch {
  /** At the last look at the clock: how long the fiber had run since the look before, in ms. */
  ran: number = 0;
  private lookedAt: number = -Infinity;
  private questions: number = 1;
  private untilLook: number = 1;

  isOver(): boolean {
    return --this.untilLook <= 0 && this.look();
  }

  private look(): boolean {
    const { loop } = current.fiber!;
    const now = loop.clock.now();
    this.ran = now - Math.max(this.lookedAt, loop.now);
    this.lookedAt = now;
    if (this.ran > SLOW_MS) this.questions = 1;
    else if (this.ran < QUICK_MS) this.questions = Math.min(this.questions * 2, MOST_QUESTIONS);
    this.untilLook = this.questions;
    return now >= loop.sliceEnd;
  }
}

export const sliceWatch: SliceWatch = new SliceWatch();

/** Well below a slice, so that little of one is lost before code that turns slow is noticed. */
export const QUICK_MS = 0.02;
export const SLOW_MS = 0.1;
const MOST_QUESTIONS = 16;
