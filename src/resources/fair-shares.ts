import type { LiveNode } from '../blocking-graph/flow-graph.js';
import type { Kind } from './kind.js';

/**
 * How much of the processor work of a kind may use whatever others still need: each node has its share of it, and so those do
 * not delay it. What is patient comes anew as soon as it is let in, and would keep more than its part of the processor: it has no
 * such claim while it has more, and others had to wait who have less.
 */
export class FairShares {
  /** The time in which what nodes have run was run, decaying like it. */
  private spanMs: number = 0;

  /** To be called when `elapsedMs` have gone into what the nodes ran. @param kindAt by number of the node. */
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

/** Who is important is let in first, within bounds of its own, and takes no more from others here than anybody. */
function weightOf({ priority }: Kind): number {
  return Math.min(priority, 1);
}

function add(sums: Map<Kind, number>, kind: Kind, amount: number): void {
  sums.set(kind, (sums.get(kind) ?? 0) + amount);
}

/** Of one that was offered less is left after 0.7 s, and it is not there. */
const LEAST_RATE = 0.5;
