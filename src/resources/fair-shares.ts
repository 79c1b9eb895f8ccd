import type { LiveNode } from '../blocking-graph/flow-graph.js';
import type { Kind } from './kind.js';

/**
 * How much of the processor each kind may use whatever the others still need: every node gets its share, so the others do not
 * delay it. Patient work is offered anew as soon as some is let in, and would take more than its part: it loses this claim while
 * it has more than its share and kinds that have less had to wait.
 */
export class FairShares {
  /** The time over which the nodes' `ranMs` was summed, decaying like it. */
  private spanMs: number = 0;

  /** To be called when `elapsedMs` have been added to what the nodes ran. @param kindAt by the number of the node. */
  tick(
    kinds: readonly Kind[],
    nodes: readonly LiveNode[],
    kindAt: readonly (Kind | null)[],
    elapsedMs: number,
    decay: number,
  ): void {
    this.spanMs = this.spanMs * decay + elapsedMs;
    const offered = new Map<Kind, number>();
    const used = new Map<Kind, number>();
    for (const { first, rate } of kinds) add(offered, first, rate);
    for (const { index, ranMs } of nodes) {
      const kind = kindAt[index];
      if (kind) add(used, kind, ranMs);
    }
    let all = 0;
    for (const [kind, rate] of offered) if (rate > LEAST_RATE) all += weightOf(kind);
    const greedy: Kind[] = [];
    let someGoShort = false;
    for (const kind of offered.keys()) {
      kind.fairShare = Math.min(1, weightOf(kind) / all);
      if ((used.get(kind) ?? 0) <= kind.fairShare * this.spanMs) someGoShort ||= kind.waited;
      else if (kind.patient) greedy.push(kind);
      kind.waited = false;
    }
    if (someGoShort) for (const kind of greedy) kind.fairShare = 0;
  }
}

/** Important work is let in first, within bounds of its own, and gets no larger share here than other work. */
function weightOf({ priority }: Kind): number {
  return Math.min(priority, 1);
}

function add(sums: Map<Kind, number>, kind: Kind, amount: number): void {
  sums.set(kind, (sums.get(kind) ?? 0) + amount);
}

/** The decayed rate below which a kind counts as gone: that of a single offer after 0.7 s. */
const LEAST_RATE = 0.5;
