import type { Use } from '../blocking-graph/prediction.js';

/** What admission knows of something that there is only so much of. */
export interface ResourceAccount extends Use {
  readonly name: string;
  /**
   * Of a rate: how many of it work at once (1 processor, so many slots). Of a stock: how much fibers may hold together,
   * in its own unit.
   */
  capacity: number;
  /** How long what is let in may queue for it, in ms. */
  queueMs: number;
  /** Q and H of the mean new fiber, by how much of each kind is offered: what it needs, and after how long, in ms. */
  mean: number;
  delayMs: number;
  /** What live fibers are still going to use: of a rate in ms, of a stock in units × ms. */
  outstanding: number;
  /** Of the capacity, what live fibers go on using or holding as far as one can see, as streams do: nothing else can have it. */
  steady: number;
  /** Of a stock, what live fibers hold now; of a rate, how many are at it. */
  used: number;
  /** By how much to multiply what the graph says: of memory, what survives of what was allocated; of a pool, slots at once. */
  scale: number;
  /** How often work had to wait for it to be let in. */
  blocked: number;
}
