/**
 * How many connections the kernel keeps for an entry. In overload no more than are served within a part of the goal, and some
 * that are told that they are not: what stands behind them would be answered too late, and to turn it over costs turns of
 * the event loop. Else as many as it began with, for bursts.
 */
export class Backlog {
  size: number;
  readonly most: number;
  private readonly resize: ((size: number) => void) | null;
  /** Pieces of work that end in a ms in which there is something to do, of late. */
  private rate: number = 0;
  /** Ticks since it was last crowded. */
  private calm: number = CALM;

  constructor(most: number, resize: ((size: number) => void) | null) {
    this.size = this.most = most;
    this.resize = resize;
  }

  /**
   * `finished` pieces of work have ended within `busyMs`.
   *
   * @param crowded something could not be let in at once, or the kernel's queue was never empty.
   * @param withinMs the part of the goal.
   */
  tick(finished: number, busyMs: number, crowded: boolean, withinMs: number): void {
    if (busyMs >= 1) this.rate += NEWEST * (finished / busyMs - this.rate);
    if (this.resize === null) return;
    this.calm = crowded ? 0 : this.calm + 1;
    const served = Math.ceil((this.rate + TOLD) * withinMs);
    const least = Math.max(LEAST_OF_ALL, Math.min(LEAST, Math.ceil(TURNED_PER_MS * withinMs)));
    const size = this.calm < CALM ? Math.min(Math.max(served, least), this.most) : this.most;
    if (Math.abs(size - this.size) <= CHANGE * this.size && size !== this.most) return;
    if (size === this.size) return;
    this.size = size;
    this.resize(size);
  }
}

/** Connections in a ms, which to accept and to refuse takes some 2 % of the processor. The others the kernel turns away for nothing. */
const TOLD = 0.1;
const NEWEST = 0.2;
/** A second: there are pauses in any overload. */
const CALM = 10;
/** Connections that come while a turn of the event loop lasts. */
const LEAST = 16;
/** But where they would have to be turned over within so few ms that it takes more than 4 % of the processor, fewer. */
const TURNED_PER_MS = 1 / 3;
const LEAST_OF_ALL = 4;
/** A smaller one is not worth a system call. */
const CHANGE = 0.25;
