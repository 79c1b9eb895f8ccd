import { grown } from '../base/grown.js';
import type { FlowNode } from './prediction.js';

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

  find(nodes: readonly FlowNode[]): void {
    const ahead = (this.ahead = grown(this.ahead, nodes.length)).fill(1);
    const within = (this.within = grown(this.within, nodes.length)).fill(0);
    for (let found = true; found;) {
      found = false;
      for (let n = nodes.length - 1; n >= 0; n--)
        if (ahead[n] === 1 && !leadsTo(nodes[n]!, (to) => ahead[to] === 1)) {
          ahead[n] = 0;
          found = true;
        }
    }
    // A turn comes back to a node that was found earlier: what was found between the two is taken for a part of the loop.
    let first = Infinity;
    for (let n = nodes.length - 1; n >= 0; n--) {
      if (ahead[n] === 0) continue;
      for (const { to, p } of nodes[n]!.edges) if (p > RARE && to <= n) first = Math.min(first, to);
      if (first <= n) within[n] = 1;
    }
  }

  /** Whether no end was seen of anything that goes on from `n`. */
  areAhead(n: number): boolean {
    return this.ahead[n] === 1;
  }

  /** Whether `n` is a part of such a loop. */
  include(n: number): boolean {
    return this.within[n] === 1;
  }
}

/** Whether fibers were seen to leave, and went only where `isSo`. A place that nobody has left yet is no loop. */
function leadsTo({ edges }: FlowNode, isSo: (to: number) => boolean): boolean {
  let left = false;
  for (const { to, p } of edges) {
    if (p <= RARE) continue;
    if (!isSo(to)) return false;
    left = true;
  }
  return left;
}

const EMPTY = new Float64Array(0);
/** A way that is taken less often has not been seen of late. */
const RARE = 1e-4;
