import { RecentWork } from './recent-work.js';

/**
 * A limit on how much work goes on at once. When work takes too long it becomes the amount that, at the rate at which work ends,
 * takes a fair part of the goal (Little's law), which a multiplicative decrease finds only after many rounds. It follows that
 * rate while it is used up. It is fed with times since the work began: counting its wait to be let in would lock the limit at
 * the minimum.
 *
 * The rate is the best recent one, as in BBR (Cardwell et al., ACM Queue 14 (5), 2016): a service that is still busy with
 * requests whose clients have given up answers nobody for a while, though it can do as much as before.
 */
export class LatencyNet {
  limit: number = Infinity;
  /** What counts against the limit. */
  readonly recent: RecentWork;
  private readonly goalMs: number;
  private count: number = 0;
  private slow: number = 0;
  /** Work that took longer than its aim. */
  private late: number = 0;
  private sumMs: number = 0;
  /** How long the work that was answered might have taken, in all. */
  private allowedMs: number = 0;
  /** How much work may be under way so that it takes its aim, by the best recent rate. */
  private fitting: number = 0;
  private lookAt: number = 0;
  /** For how long work had been under way at the last look. */
  private wasBusyMs: number = 0;

  constructor(goalMs: number) {
    this.goalMs = goalMs;
    this.recent = new RecentWork(COUNTED * goalMs);
  }

  /** Whether no more work is to begin now. */
  get isFull(): boolean {
    return this.recent.live >= this.limit;
  }

  began(now: number): void {
    // With nothing else under way, work is not slow because of other work.
    if (this.recent.live === 0 && this.limit === Infinity) this.forget(now);
    this.recent.begin(now);
  }

  /** What began at `since` has ended. */
  ended(since: number, now: number): void {
    this.recent.end(since, now);
  }

  /**
   * Work that should have taken `aimMs`, and was slow if it took longer than `slowMs`, was answered or cancelled `tookMs` after
   * it had begun.
   */
  finished(tookMs: number, aimMs: number, slowMs: number, cancelled: boolean): void {
    this.count++;
    this.sumMs += tookMs;
    // What takes next to no time, as beside the slow service, needs no room.
    if (!cancelled) this.allowedMs += Math.min(aimMs, ROOM * tookMs);
    if (tookMs > aimMs) this.late++;
    if (tookMs > slowMs) this.slow++;
  }

  /** Forgets what it was told recently. */
  forget(now: number): void {
    this.restart(now, LEAST_ROUND_MS);
  }

  /** To be called some times a second. Returns whether a round was over. */
  look(now: number): boolean {
    const { recent } = this;
    recent.advance(now);
    const isLimited = this.limit !== Infinity;
    if (now < this.lookAt || this.count < (isLimited ? 1 : LEAST_COUNT)) return false;
    const { most } = recent;
    recent.most = recent.live;
    const { count, slow, late, sumMs, allowedMs } = this;
    // Where work comes in bursts nothing ends in the pauses.
    const busyMs = Math.max(recent.busyMs(now) - this.wasBusyMs, 1);
    this.fitting = Math.max(allowedMs / busyMs, FORGETTING * this.fitting);
    // After a change it takes one round of work until its effect shows.
    this.restart(now, Math.max(LEAST_ROUND_MS, isLimited ? Math.min(sumMs / count, this.goalMs) : 0));
    if (slow > TOLERATED * count + CHANCE * Math.sqrt(TOLERATED * count)) {
      this.limit = Math.max(LEAST, Math.min(this.fitting, this.limit));
    } else if (!isLimited) {
      if (late > MOSTLY * count) this.limit = Math.max(LEAST, HASTE * this.fitting);
    } else if (most < Math.max(IDLE * this.limit, LEAST)) this.limit = Infinity;
    else if (most >= USED_UP * this.limit)
      this.limit = Math.min(GROWTH * this.limit + 1, Math.max(this.fitting, LEAST));
    return true;
  }

  /** Begins a round of `roundMs`, of which nothing is known yet. */
  private restart(now: number, roundMs: number): void {
    this.count = this.slow = this.late = this.sumMs = this.allowedMs = 0;
    this.wasBusyMs = this.recent.busyMs(now);
    this.lookAt = now + roundMs;
  }
}

/** Of the work: if no more is slow, it is so by nature, though the first of its kind were fast. In a queue nearly all is slow. */
const TOLERATED = 0.25;
/** By Markov's inequality no more than two thirds can take longer than 1.5 times their mean. */
const MOSTLY = 0.75;
/** Standard deviations above that which are put down to chance. */
const CHANCE = 4;
/** Goals: work that has been under way for longer has missed its goal, or is meant to last, like a stream. */
const COUNTED = 2;
/** Fewer pieces of work are not enough to judge by. */
const LEAST_COUNT = 20;
/** Of what it took: how long work may take, so that there is room for more. */
const ROOM = 3;
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
