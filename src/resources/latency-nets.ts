import type { AdmittedWork } from './admitted-work.js';
import type { Kind } from './kind.js';
import { LatencyNet } from './latency-net.js';

/**
 * What an entry does about slowness whose cause nobody can see: a database behind a socket. There is one limit for all of its
 * work, since twenty routes may wait for the same database, and one for each kind: where nine requests in ten are pages that need
 * no database, nothing would seem slow on the whole while all the others miss the goal.
 *
 * Slowness is relative to what a kind takes by nature: a report that takes half a second says nothing about a page that takes two
 * milliseconds, and must not shut out both.
 */
export class LatencyNets {
  readonly all: LatencyNet;
  private readonly byKind: Map<Kind, LatencyNet> = new Map();
  private readonly goalMs: number;

  constructor(goalMs: number) {
    this.goalMs = goalMs;
    this.all = new LatencyNet(goalMs);
  }

  /** How much of the work that began recently is under way. */
  recentAt(now: number): number {
    this.all.recent.advance(now);
    return this.all.recent.live;
  }

  /** How much work so far has been under way for so long that it no longer counts as recent. */
  get outlived(): number {
    return this.all.recent.outlived;
  }

  /** Whether no more work of a kind is to begin now. */
  isFull(kind: Kind): boolean {
    if (this.all.isFull || this.of(kind).isFull) return true;
    return this.all.recent.live >= FREE && kind.live >= kind.growth.most && !kind.mayLast(this.goalMs);
  }

  /** How much of a kind may go on at once because it has become slow; Infinity if it has not. */
  limitOf(kind: Kind): number {
    return this.of(kind).limit;
  }

  began(kind: Kind, now: number): void {
    this.all.began(now);
    this.of(kind).began(now);
  }

  /** What began at `since` has ended. */
  ended(kind: Kind, since: number, now: number): void {
    this.all.ended(since, now);
    this.of(kind).ended(since, now);
  }

  /**
   * Work has ended `tookMs` after it began, without queueing for the processor. Cancelled work may have been slow, but says
   * nothing about how fast work gets done: those that give up make room, and get nothing.
   */
  finished({ kind, cohort, among }: Finished, tookMs: number, cancelled: boolean): void {
    const { goalMs } = this;
    const { inherent, growth } = kind;
    if (cancelled) inherent.cancel(cohort, tookMs);
    else inherent.end(cohort, tookMs);
    const { ms, meanMs } = inherent;
    // A stream whose clients leave at some time: how long one takes by nature is not known.
    if (cancelled && ms === 0) return;
    const aimMs = Math.max(AIM * goalMs, this.longer(meanMs));
    const slowMs = Math.max(SLOW * goalMs, this.longer(ms));
    this.all.finished(tookMs, aimMs, slowMs, cancelled);
    this.of(kind).finished(tookMs, aimMs, slowMs, cancelled);
    // What was answered from a cache says nothing about the service behind it.
    if (!cancelled && tookMs <= aimMs && tookMs >= TYPICAL * meanMs) growth.answered(among);
  }

  /** Forgets what it was told recently. */
  forget(now: number): void {
    this.all.forget(now);
    for (const net of this.byKind.values()) net.forget(now);
  }

  /** To be called some times a second. */
  look(now: number): void {
    const judged = this.all.look(now);
    for (const [{ inherent, growth }, net] of this.byKind) {
      net.look(now);
      if (!judged) continue;
      inherent.age();
      growth.age();
    }
  }

  /** What takes less than the goal by nature is not to take all of it, or clients that give up would say nothing. */
  private longer(ms: number): number {
    return ms < this.goalMs ? Math.min(INHERENT * ms, USELESS * this.goalMs) : INHERENT * ms;
  }

  private of(kind: Kind): LatencyNet {
    let net = this.byKind.get(kind);
    if (net === undefined) this.byKind.set(kind, (net = new LatencyNet(this.goalMs)));
    return net;
  }
}

type Finished = Pick<AdmittedWork, 'kind' | 'cohort' | 'among'>;

/** Of the goal: the aim, how long work is to take once it had become slow. */
const AIM = 0.3;
/** Of the goal: work that takes longer is slow. */
const SLOW = 0.6;
/** Of what its kind takes by nature: work that takes less is not slow. */
const INHERENT = 1.5;
/** Of the goal: work that takes longer, though not by nature, is slow. */
const USELESS = 0.9;
/** Of what its kind takes by nature: work that takes less has done something else. */
const TYPICAL = 0.5;
/** So much may always be under way. */
const FREE = 32;
