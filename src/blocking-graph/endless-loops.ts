import { grown } from '../base/grown.js';
import type { Components } from './components.js';
import type { FlowNode } from './flow-node.js';
import { leadsTo } from './leads-to.js';
import type { Use } from './use.js';

/**
 * Loops that were not seen to end: streams, polls, consumers, or work that has just begun. How long they go on nobody knows. To
 * assume so many turns would be to assume that they end the sooner the faster they go, and that a stream on which much happens
 * is going to take all there is.
 */
export class EndlessLoops {
  /** 1 for nodes from which all ways lead into such loops, else 0. */
  private ahead: Float64Array = EMPTY;
  /** 1 for the nodes of the loops. */
  private within: Float64Array = EMPTY;

  find(nodes: readonly FlowNode[], { count, order, starts }: Components): void {
    const ahead = (this.ahead = grown(this.ahead, nodes.length)).fill(1);
    this.within = grown(this.within, nodes.length);
    for (let c = 0; c < count; c++) {
      const begin = starts[c]!;
      const end = starts[c + 1]!;
      for (let found = true; found;) {
        found = false;
        for (let i = begin; i < end; i++) {
          const n = order[i]!;
          if (ahead[n] === 0 || this.isTrapped(nodes[n]!)) continue;
          ahead[n] = 0;
          found = end - begin > 1;
        }
      }
      for (let i = begin; i < end; i++) {
        const n = order[i]!;
        this.within[n] = ahead[n] === 1 && (end - begin > 1 || leadsTo(nodes[n]!.edges, n)) ? 1 : 0;
      }
    }
  }

  /** Whether no end was seen of anything that goes on from `n`. */
  areAhead(n: number): boolean {
    return this.ahead[n] === 1;
  }

  /** What a run from `n` takes. What a turn of an endless loop takes of a stock it is assumed to give back. */
  taken(n: number, use: Use): number {
    return use.kind === 'stock' && this.within[n] === 1 ? 0 : use.amount(n);
  }

  /** Whether fibers were seen to leave, and went only where no end was seen. A place that nobody has left yet is no loop. */
  private isTrapped({ edges }: FlowNode): boolean {
    let left = false;
    for (const { to, p } of edges) {
      if (p <= RARE) continue;
      if (this.ahead[to] === 0) return false;
      left = true;
    }
    return left;
  }
}

const EMPTY = new Float64Array(0);
/** A way that is taken less often has not been seen of late. */
const RARE = 1e-4;
