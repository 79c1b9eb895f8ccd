import type { DescriptorStock } from '../fibers/descriptor-stock.js';
import type { Kind } from './kind.js';

/**
 * How much work there are descriptors for. The graph cannot tell: a fiber that opens ten files in a loop stands ten times at the
 * same node, which does not know how many came before. So each kind is looked at as a whole: what one of its fibers holds on
 * average over its life. That not all want their most at once is left to the stock, which lets fibers that hold some finish. No
 * queue is allowed for: a fiber that waits while it holds some keeps others from them.
 */
export class DescriptorGate {
  private readonly stock: DescriptorStock;
  private readonly sums: Map<string, { held: number; live: number }> = new Map();

  constructor(stock: DescriptorStock) {
    this.stock = stock;
  }

  /** Held by fibers. */
  get held(): number {
    return this.stock.heldByFibers;
  }

  /** The limit, less what is open without belonging to a fiber. */
  get capacity(): number {
    const { limit, used, heldByFibers } = this.stock;
    return limit === Infinity ? Infinity : Math.max(1, limit - (used - heldByFibers));
  }

  tick(kinds: readonly Kind[], decay: number): void {
    const held = this.stock.heldByKind();
    const waiting = this.stock.waitingByKind();
    for (const [name, live] of liveByName(kinds)) {
      let sum = this.sums.get(name);
      if (sum === undefined) this.sums.set(name, (sum = { held: 0, live: 0 }));
      sum.held = sum.held * decay + (held.get(name) ?? 0);
      // Fibers that wait for one would make the need look small, and so let in still more.
      sum.live = sum.live * decay + Math.max(0, live - (waiting.get(name) ?? 0));
    }
    for (const kind of kinds) {
      const sum = this.sums.get(kind.name)!;
      if (sum.live > 0.5) kind.descriptors = sum.held / sum.live;
    }
  }

  /** Whether there is room for one more of `kind`. */
  fits(kind: Kind, kinds: readonly Kind[]): boolean {
    const { capacity } = this;
    if (capacity === Infinity) return true;
    let expected = this.of(kind);
    for (const other of kinds) expected += other.live * this.of(other);
    return expected <= capacity;
  }

  /** What its fibers hold on average; before that is known, what those that have ended held at most. */
  private of({ name, descriptors }: Kind): number {
    return descriptors > 0 ? descriptors : this.stock.demandOf(name);
  }
}

/** By name, since kinds of several entries may share one, and of a fiber only the name is known. */
function liveByName(kinds: readonly Kind[]): Map<string, number> {
  const live = new Map<string, number>();
  for (const kind of kinds) live.set(kind.name, (live.get(kind.name) ?? 0) + kind.live);
  return live;
}
