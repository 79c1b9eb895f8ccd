/**
 * How much of what live fibers have allocated is still alive. Used memory includes garbage and says nothing about need. So after
 * each major collection what was left alive is compared with what the fibers of that moment had allocated, which gives a
 * survival factor and a base that is alive without any fiber.
 *
 *     live = base + survival × allocated by live fibers
 */
export class MemoryModel {
  survival: number = 1;
  base: number;
  /** What was seen at the last major collection; only the change since then is modelled. */
  private anchorLive: number;
  private anchorAllocated: number = 0;
  private readonly points: [allocated: number, live: number][] = [];

  /** @param base alive at the beginning, in bytes. */
  constructor(base: number) {
    this.base = this.anchorLive = base;
  }

  /** Bytes alive when live fibers have allocated so many. */
  live(allocated: number): number {
    return Math.max(this.base, this.anchorLive + this.survival * (allocated - this.anchorAllocated));
  }

  /**
   * The last major collection has left `live` bytes, while live fibers had allocated `allocated`. That is an estimate: this is
   * called again whenever a better one is known.
   */
  anchor(allocated: number, live: number): void {
    this.anchorLive = live;
    this.anchorAllocated = allocated;
  }

  /** The same, once it is known what fibers allocate: learns survival and base from it. */
  learn(allocated: number, live: number): void {
    const { points } = this;
    points.push([allocated, live]);
    if (points.length > MEMORY) points.shift();
    const slope = slopeOf(points) ?? (allocated > WORTH_LEARNING * live ? (live - this.base) / allocated : null);
    if (slope !== null) this.survival += LEARNING * (Math.min(Math.max(slope, LEAST), MOST) - this.survival);
    // A lower envelope: no matter what else was alive at one of these moments, the base is not above it.
    this.base = Math.max(0, Math.min(...points.map(([a, l]) => l - this.survival * a)));
  }
}

/** By least squares; null where allocation varies too little to tell the base from what survives. */
function slopeOf(points: readonly (readonly [number, number])[]): number | null {
  const n = points.length;
  const meanA = points.reduce((sum, [a]) => sum + a, 0) / n;
  const meanL = points.reduce((sum, [, l]) => sum + l, 0) / n;
  const variance = points.reduce((sum, [a]) => sum + (a - meanA) ** 2, 0) / n;
  if (Math.sqrt(variance) <= WORTH_FITTING * meanL) return null;
  return points.reduce((sum, [a, l]) => sum + (a - meanA) * (l - meanL), 0) / n / variance;
}

/**
 * Survival is kept between these. It can be above 1: where the graph takes two places for one, fibers hold more than it says.
 */
const LEAST = 0.1;
const MOST = 3;
/** Of what is alive: if fibers have allocated less than this, there is nothing to learn from it. */
const WORTH_LEARNING = 0.2;
const LEARNING = 0.3;
const WORTH_FITTING = 0.1;
/** Major collections that are remembered: some seconds under load. */
const MEMORY = 24;
