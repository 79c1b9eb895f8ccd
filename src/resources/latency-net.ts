import type { Cohort } from './cohort.js';
import type { InherentTime } from './inherent-time.js';

/**
 * A limit on how much work goes on at once, for what slows it down that nobody can see: a database behind a socket.
 * When too much of it takes too long the limit becomes what, at the rate at which it ends, takes a fair part of the goal
 * (Little's law), which a multiplicative decrease finds only after many rounds; it grows by a tenth while it is
 * used up. Fed with times since the work began, since its own waiting to be let in would lock it at the minimum.
 *
 * What is slow is judged by the kind: a report that takes half a second by nature says nothing of a page that takes two
 * milliseconds, and must not shut the door on both.
 */
export class LatencyNet {
  limit: number = Infinity;
  private readonly goalMs: number;
  private count: number = 0;
  private slow: number = 0;
  private sumMs: number = 0;
  /** What the work that has ended is to take in all. */
  private aimMs: number = 0;
  private lookAt: number = 0;
  private lookedAt: number = 0;

  constructor(goalMs: number) {
    this.goalMs = goalMs;
  }

  /**
   * Work of this kind has ended that took so long, from its beginning, without queueing for the processor. What was cancelled may
   * have been slow, but says nothing of how fast work gets done: those who give up make room, and get nothing.
   */
  finished(kind: Paced, cohort: Cohort, tookMs: number, cancelled: boolean): void {
    kind.inherent.end(cohort, cancelled ? null : tookMs);
    // A stream whose clients leave at some time: how long one takes is not known.
    if (cancelled && kind.inherent.ms === 0) return;
    this.count++;
    this.sumMs += tookMs;
    const inherentMs = INHERENT * kind.inherent.ms;
    if (!cancelled) this.aimMs += Math.max(AIM * this.goalMs, inherentMs);
    if (tookMs > Math.max(SLOW * this.goalMs, inherentMs)) this.slow++;
  }

  /** What it was told of late says nothing. */
  forget(now: number): void {
    this.count = this.slow = this.sumMs = this.aimMs = 0;
    this.lookedAt = now;
    this.lookAt = now + LEAST_ROUND_MS;
  }

  /** To be called some times a second, with how many are under way, and all kinds. */
  look(now: number, live: number, kinds: Iterable<Paced>): void {
    if (now < this.lookAt || this.count < (this.limit === Infinity ? LEAST_COUNT : 1)) return;
    const { count, slow, aimMs, lookedAt } = this;
    // After a change it takes one round of work until its effect shows.
    this.lookAt = now + Math.max(LEAST_ROUND_MS, this.sumMs / count);
    this.lookedAt = now;
    this.count = this.slow = this.sumMs = this.aimMs = 0;
    for (const { inherent } of kinds) inherent.age();
    if (slow > TOLERATED * count + CHANCE * Math.sqrt(TOLERATED * count)) {
      const fitting = aimMs / (now - lookedAt);
      this.limit = Math.max(LEAST, Math.min(fitting, this.limit, DECREASE * live));
    } else if (live >= USED_UP * this.limit) this.limit = GROWTH * this.limit + 1;
    else if (live < IDLE * this.limit) this.limit = Infinity;
  }
}

interface Paced {
  readonly inherent: InherentTime;
}

/** Of the goal: from here on work is slow. */
const SLOW = 0.6;
/** Of what its kind takes by nature: that is not slow. */
const INHERENT = 1.5;
const TOLERATED = 0.05;
/** Standard deviations: so many more are slow by chance. */
const CHANCE = 3;
/** Of fewer nothing is told that was not known before. */
const LEAST_COUNT = 20;
/** Of the goal: what work is to take when it had become slow. */
const AIM = 0.3;
const DECREASE = 0.95;
const GROWTH = 1.1;
/** Of the limit: from here on it grows, and below here nobody needs it. */
const USED_UP = 0.9;
const IDLE = 0.3;
const LEAST = 2;
const LEAST_ROUND_MS = 100;
