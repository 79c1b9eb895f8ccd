import { joinNodes } from './add.js';
import type { NodeSnapshot } from './snapshot.js';

/** All nodes at which the same thing is waited for, wherever in the program. */
export interface WaitGroup {
  /**
   * The nodes as one. Its calls are those that all of them have in common, around `12 places` for what differs. A node
   * that is alone is itself.
   */
  readonly node: NodeSnapshot;
  /** The nodes, with the calls that tell each from the others; in the order asked for. */
  readonly places: readonly NodeSnapshot[];
}

/**
 * What is waited for. A program of sixty routes has hundreds of blocking points and waits for a dozen things: these are
 * what a reader can take in. In the order of the first node of each, which new nodes do not change.
 *
 * @param order of the places.
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

/** By what nodes can be ordered, the most first. */
export const orders = ['waiting', 'oldest', 'cpu', 'arrivals'] as const;

export type Order = (typeof orders)[number];

/** Compares two nodes; of equals that comes first where more fibers wait, stand or came. */
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
      // No node of a program has such an id.
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
