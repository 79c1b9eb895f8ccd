import type { Cohort } from './cohort.js';
import type { InherentTime } from './inherent-time.js';
import { RecentWork } from './recent-work.js';

/**
 * A limit on how much work goes on at once, for slowness whose cause nobody can see: a database behind a socket. When work takes
 * too long the limit becomes the amount that, at the rate at which work ends, takes a fair part of the goal (Little's law),
 * which a multiplicative decrease finds only after many rounds. It follows that rate while it is used up. It is fed with times
 * since the work began: counting its wait to be let in would lock the limit at the minimum.
 *
 * Slowness is judged by kind: a report that takes half a second by nature says nothing about a page that takes two milliseconds,
 * and must not shut out both.
 *
 * The rate is the best recent one, as in BBR (Cardwell et al., ACM Queue 14 (5), 2016): a service that is still busy with
 * requests whose clients have given up answers nobody for a while, though it can do as much as before.
 */
export class LatencyNet {
  limit: number = Infinity;
  /** What counts against the limit. */
  private readonly recent: RecentWork;
  private readonly goalMs: number;
  private count: number = 0;
  private slow: number = 0;
  /** Work that took longer than its aim. */
  private late: number = 0;
  private sumMs: number = 0;
  /** The sum of the aims of the work that has ended. */
  private aimMs: number = 0;
  /** How much work may be under way so that it takes its aim, by the best recent rate. */
  private fitting: number = 0;
  private lookAt: number = 0;
  private lookedAt: number = 0;

  constructor(goalMs: number) {
    this.goalMs = goalMs;
    this.recent = new RecentWork(COUNTED * goalMs);
  }

  /** How much of the work that began recently is under way. */
  recentAt(now: number): number {
    this.recent.advance(now);
    return this.recent.live;
  }

  /** How much work so far has been under way for so long that it no longer counts as recent. */
  get outlived(): number {
    return this.recent.outlived;
  }

  /** Whether no more work is to begin now. */
  get isFull(): boolean {
    return this.recent.live >= this.limit;
  }

  began(now: number): void {
    // With nothing else under way, work is not slow because of other work; and the pause before says nothing about the rate.
    if (this.recent.live === 0 && this.limit === Infinity) this.forget(now);
    this.recent.begin(now);
  }

  /** What began at `since` has ended. */
  ended(since: number): void {
    this.recent.end(since);
  }

  /**
   * Work of this kind has ended `tookMs` after it began, without queueing for the processor. Cancelled work may have been slow,
   * but says nothing about how fast work gets done: those that give up make room, and get nothing.
   */
  finished(kind: Paced, cohort: Cohort, tookMs: number, cancelled: boolean): void {
    kind.inherent.end(cohort, cancelled ? null : tookMs);
    // A stream whose clients leave at some time: how long one takes by nature is not known.
    if (cancelled && kind.inherent.ms === 0) return;
    this.count++;
    this.sumMs += tookMs;
    const { ms } = kind.inherent;
    // What takes less than the goal by nature is not to take all of it, or clients that give up would say nothing.
    const inherentMs = ms < this.goalMs ? Math.min(INHERENT * ms, USELESS * this.goalMs) : INHERENT * ms;
    const aimMs = Math.max(AIM * this.goalMs, inherentMs);
    if (!cancelled) this.aimMs += aimMs;
    if (tookMs > aimMs) this.late++;
    if (tookMs > Math.max(SLOW * this.goalMs, inherentMs)) this.slow++;
  }

  /** Forgets what it was told recently. */
  forget(now: number): void {
    this.restart(now, LEAST_ROUND_MS);
  }

  /** To be called some times a second, with all kinds. */
  look(now: number, kinds: Iterable<Paced>): void {
    const { recent } = this;
    recent.advance(now);
    const isLimited = this.limit !== Infinity;
    if (now < this.lookAt || this.count < (isLimited ? 1 : LEAST_COUNT)) return;
    const { most } = recent;
    recent.most = recent.live;
    const { count, slow, late, sumMs, aimMs } = this;
    const elapsed = now - this.lookedAt;
    this.fitting = Math.max(aimMs / elapsed, FORGETTING * this.fitting);
    // After a change it takes one round of work until its effect shows.
    this.restart(now, Math.max(LEAST_ROUND_MS, isLimited ? Math.min(sumMs / count, this.goalMs) : 0));
    for (const { inherent } of kinds) inherent.age();
    if (slow > TOLERATED * count + CHANCE * Math.sqrt(TOLERATED * count)) {
      this.limit = Math.max(LEAST, Math.min(this.fitting, this.limit));
    } else if (!isLimited) {
      if (late > count / 2) this.limit = Math.max(LEAST, HASTE * this.fitting);
    } else if (most < Math.max(IDLE * this.limit, LEAST)) this.limit = Infinity;
    else if (most >= USED_UP * this.limit)
      this.limit = Math.min(GROWTH * this.limit + 1, Math.max(this.fitting, LEAST));
  }

  /** Begins a round of `roundMs`, of which nothing is known yet. */
  private restart(now: number, roundMs: number): void {
    this.count = this.slow = this.late = this.sumMs = this.aimMs = 0;
    this.lookedAt = now;
    this.lookAt = now + roundMs;
  }
}

interface Paced {
  readonly inherent: InherentTime;
}

/** Of the goal: work that takes longer is slow. */
const SLOW = 0.6;
/** Of what its kind takes by nature: work that takes less is not slow. */
const INHERENT = 1.5;
/** Of the goal: work that takes longer, though not by nature, is slow. */
const USELESS = 0.9;
const TOLERATED = 0.05;
/** Standard deviations above that which are put down to chance. */
const CHANCE = 4;
/** Goals: work that has been under way for longer has missed its goal, or is meant to last, like a stream. */
const COUNTED = 2;
/** Fewer pieces of work are not enough to judge by. */
const LEAST_COUNT = 20;
/** Of the goal: the aim, how long work is to take once it had become slow. */
const AIM = 0.3;
/** What is kept of the best rate so far with each round. */
const FORGETTING = 0.5;
/** Of what fits: the first limit, set as soon as work takes longer than its aim. It may have been a burst. */
const HASTE = 2;
const GROWTH = 1.5;
/** Of the limit: with more in use it grows, with less than `IDLE` nobody needs it. */
const USED_UP = 0.9;
const IDLE = 0.3;
const LEAST = 2;
const LEAST_ROUND_MS = 100;
