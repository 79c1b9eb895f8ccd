import type { Clock } from '../base/clock.js';
import type { ReadyList } from './ready-list.js';
import type { RunQueue } from './run-queue.js';

/**
 * Measures how long batches run, and charges the run queue for it.
 *
 * Reading a clock costs as much as a switch. A batch of many fibers pays for its own readings; batches of few, such
 * as two fibers that play ping-pong, would pay one a switch. So batches from lists whose runs are known to be short
 * share one reading, and its time is split by their number of runs and their means. A list that turns out long is
 * timed by itself from then on, so the error of the split is below one shared reading, some tens of microseconds.
 */
export class SliceMeter {
  private readonly clock: Clock;
  private readonly queue: RunQueue;
  private readonly sampling: boolean;
  private readonly sampleEvery: number;
  private readonly sliceMs: number;
  /** When the clock was last read. */
  private at: number = 0;
  /** The lists that had batches since then, and the fibers run in them. */
  private readonly lists: ReadyList[] = [];
  /** How many of `lists` are valid: setting an array's length calls into V8's runtime, which costs a switch some 5 ns. */
  private listCount: number = 0;
  private fibers: number = 0;
  private untilSample: number;
  batches: number = 0;
  ranMs: number = 0;
  overruns: number = 0;
  longestMs: number = 0;

  /** One batch in `sampleEvery` is a sample; none if `sampling` is off. */
  constructor(clock: Clock, queue: RunQueue, sampling: boolean, sampleEvery: number, sliceMs: number) {
    this.clock = clock;
    this.queue = queue;
    this.sampling = sampling;
    this.sampleEvery = sampleEvery;
    this.untilSample = sampleEvery;
    this.sliceMs = sliceMs;
  }

  /** A pass begins. */
  start(): number {
    return (this.at = this.clock.now());
  }

  /** A pass ends: nothing stays uncharged. */
  stop(): number {
    return this.fibers > 0 ? this.read() : this.at;
  }

  /** Whether this batch is to be a sample: a single fiber timed alone, for the edge that it takes. */
  sampleDue(): boolean {
    if (!this.sampling || --this.untilSample > 0) return false;
    this.untilSample = this.sampleEvery;
    return true;
  }

  /** How many fibers of `list` fit into a batch, and into what is left of the slice; at least one. */
  batchLimit(list: ReadyList, end: number, governed: boolean): number {
    if (list.single) return 1;
    const left = end - this.at;
    const fit = (governed && left > GOVERNED_MS ? GOVERNED_MS : left) / list.meanMs;
    return fit >= BATCH ? BATCH : fit > 1 ? fit | 0 : 1;
  }

  /** A batch from `list` begins: if it may be long, what ran before it is charged first. */
  before(list: ReadyList): void {
    if (list.meanMs > SHORT_MS && this.fibers > 0) this.read();
  }

  /** The batch has run; returns the time of the last clock reading. */
  after(list: ReadyList, count: number): number {
    this.batches++;
    this.fibers += count;
    if (list.uncharged === 0) this.lists[this.listCount++] = list;
    list.uncharged += count;
    return list.meanMs > SHORT_MS || this.fibers >= BATCH ? this.read() : this.at;
  }

  /** Reads the clock and charges what ran since the last reading. */
  read(): number {
    const now = this.clock.now();
    // A clock that goes back measures nothing; a negative time cannot be charged.
    const elapsed = Math.max(now - this.at, 0);
    this.at = now;
    if (this.fibers === 0) return now;
    const { lists, listCount } = this;
    this.ranMs += elapsed;
    let total = 0;
    for (let i = 0; i < listCount; i++) total += lists[i]!.uncharged * lists[i]!.meanMs;
    for (let i = 0; i < listCount; i++) {
      const list = lists[i]!;
      this.settle(list, (elapsed * list.uncharged * list.meanMs) / total);
    }
    this.listCount = 0;
    this.fibers = 0;
    return now;
  }

  private settle(list: ReadyList, ms: number): void {
    const count = list.uncharged;
    list.uncharged = 0;
    if (ms > this.longestMs * count) this.longestMs = ms / count;
    if (ms > TOO_LONG * this.sliceMs * count) this.overruns += count;
    const usualMs = list.meanMs * count;
    list.ran(ms, count);
    this.queue.charge(list, ms, usualMs);
  }
}

/** Most fibers in a batch, and runs that may share a clock reading. */
const BATCH = 64;
/**
 * The longest batch where work has a goal, so that a fiber that was granted a slot, which is idle meanwhile, does not wait
 * behind many others. Without a goal, ten thousand busy connections would pay a fifth more for nothing.
 */
const GOVERNED_MS = 0.1;
/** Runs below this share clock readings: 64 of them then take less than a tenth of a millisecond. */
const SHORT_MS = 0.0015;
/** In slices: longer runs are overruns. Compiled code needs a moment to notice that its slice is over. */
export const TOO_LONG = 1.5;
