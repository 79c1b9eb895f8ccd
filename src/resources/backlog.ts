import { keptAfter } from './kept-after.js';

/**
 * How many connections the kernel keeps for an entry. A burst may take half of the goal to serve, since the processor is idle
 * after it. In overload it is no more than can be served within a tenth of the goal, and some to be refused: what stands behind
 * them would be answered too late, and to turn it over costs turns of the event loop.
 */
export class Backlog {
  /** The size that the kernel was told. */
  size: number;
  /** The initial size: the least while calm, and the most in overload. */
  readonly usual: number;
  private readonly goal: number;
  private readonly resize: ((size: number) => void) | null;
  /** Pieces of work that have ended, and the ms in which there was something to do, both decaying. */
  private finished: number = 0;
  private busyMs: number = 0;

  /** @param goal in ms. @param resize null for a size that stays. */
  constructor(size: number, goal: number, resize: ((size: number) => void) | null) {
    this.size = this.usual = size;
    this.goal = goal;
    this.resize = resize;
  }

  /**
   * `finished` more pieces of work have ended, in `busyMs`.
   *
   * @param crowded more comes than can be served, so what was waiting was no burst.
   */
  tick(finished: number, busyMs: number, crowded: boolean): void {
    if (this.resize === null) return;
    const kept = keptAfter(busyMs);
    this.finished = this.finished * kept + finished;
    this.busyMs = this.busyMs * kept + busyMs;
    const size = crowded ? this.crowdedSize : this.calmSize;
    if (size === this.size || (Math.abs(size - this.size) <= CHANGE * this.size && size !== this.usual)) return;
    this.size = size;
    this.resize(size);
  }

  private get crowdedSize(): number {
    const within = CROWDED_SHARE * this.goal;
    const least = Math.max(LEAST_OF_ALL, Math.min(LEAST, Math.ceil(TURNED_PER_MS * within)));
    return Math.min(Math.max(Math.ceil((this.rate + TOLD) * within), least), this.usual);
  }

  private get calmSize(): number {
    return Math.max(this.usual, Math.min(Math.ceil(this.rate * BURST_SHARE * this.goal), MOST));
  }

  get isResizable(): boolean {
    return this.resize !== null;
  }

  /**
   * Turns of the event loop per ms in which all that the kernel keeps is accepted, one in each, before it is too old.
   *
   * @param hurries false where nobody more is answered by accepting more.
   */
  turnsPerMs(hurries: boolean): number {
    return Math.min(this.usual / TURNED_SHARE, this.size / (hurries ? CROWDED_SHARE : TURNED_SHARE)) / this.goal;
  }

  /** Pieces of work per ms. */
  private get rate(): number {
    return this.busyMs > 0 ? this.finished / this.busyMs : 0;
  }
}

/** Of the goal: the longest that a burst, and under overload that anything, waits in the kernel. */
const BURST_SHARE = 0.5;
const CROWDED_SHARE = 0.1;
/** Of the goal: the time in which as many connections as it keeps at first are accepted; fewer within `CROWDED_SHARE`. */
const TURNED_SHARE = 0.2;
/**
 * Connections per ms that are accepted to be refused, for some 2 % of the processor. The kernel turns the others away for
 * nothing.
 */
const TOLD = 0.1;
/**
 * Connections that come while a turn of the event loop lasts. With 16, work of 10 ms got a thirtieth less done, for the sake of
 * refusals.
 */
const LEAST = 8;
/** Fewer where they would have to be turned over within so few ms that it takes more than 4 % of the processor. */
const TURNED_PER_MS = 1 / 3;
const LEAST_OF_ALL = 4;
/** Node's own default. */
const MOST = 511;
/** A smaller change is not worth a system call. */
const CHANGE = 0.25;
