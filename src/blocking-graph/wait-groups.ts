import { joinNodes } from './add.js';
import type { NodeSnapshot } from './snapshot.js';

/** All nodes at which the same thing is waited for, wherever in the program. */
export interface WaitGroup {
  /**
   * The nodes merged into one. Its chain is what theirs have in common at both ends, with `12 places` for what differs. A
   * single node is left as it is.
   */
  readonly node: NodeSnapshot;
  /** The nodes, each reduced to the calls that distinguish it; in the requested order. */
  readonly places: readonly NodeSnapshot[];
}

/**
 * Groups nodes by what is waited for. A program with sixty routes has hundreds of blocking points but waits for a dozen
 * things, which a reader can take in. Groups are in the order of their first node, so new nodes do not reorder them.
 *
 * @param order of the places within a group.
 */
export function groupWaits(nodes: readonly NodeSnapshot[], order: Order = 'waiting'): WaitGroup[] {
  const groups = new Map<string, NodeSnapshot[]>();
  for (const node of nodes) {
    const key = JSON.stringify([node.label, node.subject]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()].map((group) =>
    group.length === 1 ? { node: group[0]!, places: group } : join(group, order),
  );
}

/** What nodes can be ordered by, largest first. */
export const orders = ['waiting', 'oldest', 'cpu', 'arrivals'] as const;

export type Order = (typeof orders)[number];

/** Compares two nodes; ties are broken by waiting fibers, then all fibers, then arrivals. */
export function comparing(order: Order): (a: NodeSnapshot, b: NodeSnapshot) => number {
  const rank = RANKS[order];
  return (a, b) => rank(b) - rank(a) || b.waiting - a.waiting || b.fibers - a.fibers || b.arrivals - a.arrivals;
}

const RANKS: Readonly<Record<Order, (node: NodeSnapshot) => number>> = {
  waiting: (node) => node.waiting,
  oldest: (node) => node.oldestMs ?? -1,
  cpu: (node) => node.run.totalMs,
  arrivals: (node) => node.arrivals,
};

function join(nodes: readonly NodeSnapshot[], order: Order): WaitGroup {
  const first = nodes[0]!;
  const shortest = nodes.reduce((least, { chain }) => Math.min(least, chain.length), Infinity);
  const isCommon = (at: (chain: readonly string[]) => string | undefined): boolean =>
    nodes.every(({ chain }) => at(chain) === at(first.chain));
  let outer = 0;
  while (outer < shortest && isCommon((chain) => chain[outer])) outer++;
  let inner = 0;
  while (inner < shortest - outer && isCommon((chain) => chain.at(-1 - inner))) inner++;
  const calls = <T>(list: readonly T[], between: T): T[] => [
    ...list.slice(0, outer),
    between,
    ...list.slice(list.length - inner),
  ];
  return {
    node: {
      ...joinNodes(nodes),
      // Ids of nodes have no parentheses, so it cannot collide.
      id: `(${first.id})`,
      chain: calls(first.chain, `${nodes.length} places`),
      places: calls(first.places, null),
    },
    places: [...nodes].sort(comparing(order)).map((node) => withoutCommon(node, outer, inner)),
  };
}

function withoutCommon(node: NodeSnapshot, outer: number, inner: number): NodeSnapshot {
  const { chain, places } = node;
  if (outer + inner >= chain.length) return node;
  return {
    ...node,
    chain: chain.slice(outer, chain.length - inner),
    places: places.slice(outer, chain.length - inner),
  };
}
