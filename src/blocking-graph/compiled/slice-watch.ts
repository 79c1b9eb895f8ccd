import { current } from '../../fibers/current.js';

/**
 * Tells compiled code, which could run on for ever, when the slice of its fiber is over. It asks much too often to look
 * at the clock each time, which costs as much as forty short iterations: as long as looks find that little time has
 * passed since the last, more and more questions are answered without one. One watch for all: they share one processor.
 */
class SliceWatch {
  /** How long the fiber had run without a look when there last was one, in ms. */
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

/** Well below a slice, so that what is learned from quick code costs little of one when it turns slow. */
export const QUICK_MS = 0.02;
export const SLOW_MS = 0.1;
const MOST_QUESTIONS = 16;
