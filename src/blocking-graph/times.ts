import { grown } from '../base/grown.js';
import type { FlowNode } from './flow-node.js';
import { EndlessLoops } from './endless-loops.js';
import { Horizon } from './horizon.js';
import type { Components } from './components.js';
import type { Recurrence } from './solver.js';

/** For how long fibers at each node are going to go on, and how far ahead what they do counts. Letters as in `Prediction`. */
export class Times implements Recurrence {
  readonly forward: boolean = false;
  /** T: time to the end, in ms. */
  remaining: Float64Array = EMPTY;
  /** The part of it spent blocked. */
  blocked: Float64Array = EMPTY;
  /** h: the horizon of work without an end. */
  horizon: Horizon = Horizon.NONE;
  readonly loops: EndlessLoops = new EndlessLoops();
  private nodes: readonly FlowNode[] = [];
  /** For how many predictions in a row T has exceeded the far horizon, k h; `LONG` where only endless loops are ahead. */
  private endlessFor: Float64Array = EMPTY;

  get values(): readonly Float64Array[] {
    return [this.remaining, this.blocked];
  }

  begin(nodes: readonly FlowNode[], components: Components, horizonMs: number): void {
    this.nodes = nodes;
    this.remaining = grown(this.remaining, nodes.length);
    this.blocked = grown(this.blocked, nodes.length);
    this.endlessFor = grown(this.endlessFor, nodes.length);
    this.horizon = new Horizon(horizonMs);
    if (this.horizon.isFinite) this.loops.find(nodes, components);
  }

  update(n: number): void {
    const { nodes, remaining, blocked } = this;
    if (this.loops.areAhead(n)) {
      // Beyond what can be foreseen.
      remaining[n] = blocked[n] = this.horizon.farMs;
      return;
    }
    const { cpuMs, edges } = nodes[n]!;
    let time = cpuMs;
    let blockedTime = 0;
    let again = 0;
    for (const { to, p } of edges) {
      const wait = nodes[to]!.waitMs;
      if (to === n) again = p;
      time += p * (wait + (to === n ? 0 : remaining[to]!));
      blockedTime += p * (wait + (to === n ? 0 : blocked[to]!));
    }
    const turns = 1 / (1 - Math.min(again, MOST_AGAIN));
    remaining[n] = time * turns;
    blocked[n] = blockedTime * turns;
  }

  /** T is known now. */
  end(): void {
    const { endlessFor, remaining, loops } = this;
    const { farMs } = this.horizon;
    for (let n = 0; n < this.nodes.length; n++)
      endlessFor[n] = loops.areAhead(n) ? LONG : remaining[n]! > farMs ? endlessFor[n]! + 1 : 0;
  }

  /** The horizon that discounts the future demand of fibers that come to `n`. */
  horizonAt(n: number): Horizon {
    return this.endlessFor[n]! < LONG ? Horizon.NONE : this.horizon;
  }

  /** For how long what a fiber at `n` holds is going to be held, once it has been there. */
  restAt(n: number): number {
    return this.loops.areAhead(n) ? Infinity : this.remaining[n]!;
  }

  /**
   * The part of a stock that still counts after going from `n` to `to`. What endless loops take has to decay, or they would be
   * predicted to hold everything. For memory it is in the model's base by then.
   */
  kept(n: number, to: number): number {
    return to > n ? 1 : this.horizonAt(to).later(this.nodes[to]!.waitMs + this.nodes[n]!.cpuMs);
  }
}

const EMPTY = new Float64Array(0);
/** Predictions in a row with T beyond the far horizon until a node counts as endless; before, its demand counts in full. */
const LONG = 50;
/** The most probability of another turn: of a snapshot, a loop that was never seen to end counts as one of 10,000 turns. */
export const MOST_AGAIN = 0.9999;
