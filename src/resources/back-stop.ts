import { OverloadError } from '../base/errors.js';
import type { Fiber } from '../fibers/fiber.js';
import type { Population } from '../fibers/population.js';
import type { MemoryOutlook } from './memory-outlook.js';

/** When memory runs out all the same, cancels the fiber that holds most of it, so that the others can go on. */
export class BackStop {
  /** Fibers cancelled so far. */
  stopped: number = 0;
  private readonly population: Population;
  private readonly memory: MemoryOutlook;
  private stoppedAt: number = -Infinity;

  constructor(population: Population, memory: MemoryOutlook) {
    this.population = population;
    this.memory = memory;
  }

  /** @param stuck no fiber can go on, since there is no room for what any of them needs next. */
  isWanted(stuck: boolean, now: number): boolean {
    return now >= this.stoppedAt + PAUSE_MS && (stuck || !this.memory.fits(0, SHARE));
  }

  stop(stuck: boolean, now: number): void {
    if (!this.isWanted(stuck, now)) return;
    this.stoppedAt = now;
    const [victim, held] = this.largest();
    if (victim === null) return;
    this.stopped++;
    const megabytes = (held / 2 ** 20).toFixed(0);
    victim.cancel(`memory ran out, and this fiber held ${megabytes} MiB of it`, new OverloadError('memory ran out'));
  }

  /** The fiber that holds most memory; not one that holds a lock, since others wait for it. */
  private largest(): [fiber: Fiber | null, held: number] {
    const walk = this.population.walk();
    let victim: Fiber | null = null;
    let most = 0;
    for (let fiber = walk.next(); fiber !== null; fiber = walk.next()) {
      const held = fiber.permits > 0 || fiber.cancellation !== null ? 0 : this.memory.heldBy(fiber);
      if (held > most) [victim, most] = [fiber, held];
    }
    walk.end();
    return [victim, most];
  }
}

/** Of the heap's limit. */
const SHARE = 0.93;
/** The time that a cancellation takes to show. */
const PAUSE_MS = 20;
