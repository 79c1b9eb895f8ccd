import type { Use } from '../blocking-graph/prediction.js';

/** What admission knows of something that there is only so much of. */
export class ResourceAccount implements Use {
  readonly name: string;
  readonly kind: Use['kind'];
  readonly amount: Use['amount'];
  readonly variance: Use['variance'];
  /**
   * Of a rate: how many of it work at once (1 processor, so many slots). Of a stock: how much fibers may hold together,
   * in its own unit.
   */
  capacity: number;
  /** How long what is let in may queue for it, in ms. */
  queueMs: number = 0;
  /** Q and H of the mean new fiber, by how much of each kind is offered: what it needs, and after how long, in ms. */
  mean: number = 0;
  delayMs: number = 0;
  /** What live fibers are still going to use: of a rate in ms, of a stock in units × ms. */
  outstanding: number = 0;
  /** Of the capacity, what live fibers go on using or holding as far as one can see, as streams do: nothing else can have it. */
  steady: number = 0;
  /** Of a stock, what live fibers hold now; of a rate, how many are at it. */
  used: number = 0;
  /** By how much to multiply what the graph says: of memory, what survives of what was allocated; of a pool, slots at once. */
  scale: number = 1;
  /** How often work had to wait for it to be let in. */
  blocked: number = 0;

  constructor(name: string, kind: Use['kind'], capacity: number, amount: Use['amount'], variance: Use['variance']) {
    this.name = name;
    this.kind = kind;
    this.capacity = capacity;
    this.amount = amount;
    this.variance = variance;
  }
}
