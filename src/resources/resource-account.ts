import type { Use } from '../blocking-graph/use.js';

/** What admission knows about one limited resource. */
export class ResourceAccount implements Use {
  readonly name: string;
  readonly kind: Use['kind'];
  readonly amount: Use['amount'];
  readonly variance: Use['variance'];
  /**
   * Of a rate: how many units work at once (1 processor, so many slots). Of a stock: how much fibers may hold together,
   * in its own unit.
   */
  capacity: number;
  /** How long work that was let in may queue for it, in ms. */
  queueMs: number = 0;
  /** Q and H of the mean new fiber, weighted by how much of each kind is offered: what it needs, and after how long, in ms. */
  mean: number = 0;
  delayMs: number = 0;
  /** What live fibers are still going to use: of a rate in ms, of a stock in units × ms. */
  outstanding: number = 0;
  /**
   * The part of the capacity that live fibers use or hold for as long as can be foreseen, as streams do: nothing else can have
   * it.
   */
  steady: number = 0;
  /** Of a stock, what live fibers hold now; of a rate, how many are using it. */
  used: number = 0;
  /**
   * Factor for what the graph says: of memory, how much of what was allocated survives; of a pool, how many slots a grant is of.
   */
  scale: number = 1;
  /** Of a pool, for how long a grant takes its slots, in slots × ms; 0 of others, and until it is known. */
  holdMs: number = 0;
  /** How often work had to wait for it to be let in. */
  blocked: number = 0;

  constructor(
    name: string,
    kind: Use['kind'],
    capacity: number,
    amount: Use['amount'],
    variance: Use['variance'] = () => 0,
  ) {
    this.name = name;
    this.kind = kind;
    this.capacity = capacity;
    this.amount = amount;
    this.variance = variance;
  }
}
