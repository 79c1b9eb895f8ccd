import type { Flow, FlowNode } from './flow-node.js';
import { leadsTo } from './leads-to.js';

/**
 * The strongly connected components of a graph: sets of nodes that lead to each other, by edges or by starting fibers. A node
 * that does not lead back to itself through others is a component of its own. Found by Tarjan's algorithm, with a stack of its
 * own, since the calls of a recursion might be too many.
 */
export class Components {
  count: number = 0;
  /** All nodes, component by component: each comes after those it leads to. */
  order: Int32Array = EMPTY;
  /** Where in `order` each component begins; one more for the end. */
  starts: Int32Array = new Int32Array(1);
  /** By component: 1 if it has several nodes, or one that starts fibers at itself. */
  isEntangled: Uint8Array = new Uint8Array(0);
  /** How many nodes are in such components. */
  entangled: number = 0;
  private nodes: readonly FlowNode[] = [];
  /** By node: when it was reached, from 1; the earliest node reached that is known to be in its component; `DONE` later. */
  private reached: Int32Array = EMPTY;
  private earliest: Int32Array = EMPTY;
  /** By node: how many of its flows have been followed. */
  private followed: Int32Array = EMPTY;
  /** The way from the root to the node at hand, and all nodes whose component is not complete. */
  private way: Int32Array = EMPTY;
  private open: Int32Array = EMPTY;
  private steps: number = 0;
  private opened: number = 0;
  private times: number = 0;

  find(nodes: readonly FlowNode[]): void {
    this.nodes = nodes;
    if (this.order.length < nodes.length) this.allocate(2 * nodes.length);
    this.reached.fill(0);
    this.count = this.entangled = this.steps = this.opened = this.times = this.starts[0] = 0;
    for (let root = 0; root < nodes.length; root++) if (this.reached[root] === 0) this.search(root);
  }

  private search(root: number): void {
    const { way, reached, earliest } = this;
    for (this.reach(root); this.steps > 0;) {
      const n = way[this.steps - 1]!;
      const to = this.next(n);
      if (to === null) this.leave(n);
      else if (reached[to] === 0) this.reach(to);
      else if (reached[to] !== DONE) earliest[n] = Math.min(earliest[n]!, reached[to]!);
    }
  }

  /** The node at the end of the next flow from `n`; null if all have been followed. */
  private next(n: number): number | null {
    const { edges, spawns } = this.nodes[n]!;
    const i = this.followed[n]!++;
    const flow: Flow | undefined = i < edges.length ? edges[i] : spawns[i - edges.length];
    return flow === undefined ? null : flow.to;
  }

  private reach(n: number): void {
    this.reached[n] = this.earliest[n] = ++this.times;
    this.followed[n] = 0;
    this.way[this.steps++] = n;
    this.open[this.opened++] = n;
  }

  private leave(n: number): void {
    const { earliest, reached, way } = this;
    if (earliest[n] === reached[n]) this.complete(n);
    if (--this.steps === 0) return;
    const before = way[this.steps - 1]!;
    earliest[before] = Math.min(earliest[before]!, earliest[n]!);
  }

  /** All that was reached since `first` is one component. */
  private complete(first: number): void {
    const begin = this.starts[this.count]!;
    let end = begin;
    for (let n = -1; n !== first;) {
      n = this.open[--this.opened]!;
      this.reached[n] = DONE;
      this.order[end++] = n;
    }
    const isEntangled = end - begin > 1 || leadsTo(this.nodes[first]!.spawns, first);
    if (isEntangled) this.entangled += end - begin;
    this.isEntangled[this.count] = isEntangled ? 1 : 0;
    this.starts[++this.count] = end;
  }

  private allocate(size: number): void {
    this.order = new Int32Array(size);
    this.starts = new Int32Array(size + 1);
    this.isEntangled = new Uint8Array(size);
    this.reached = new Int32Array(size);
    this.earliest = new Int32Array(size);
    this.followed = new Int32Array(size);
    this.way = new Int32Array(size);
    this.open = new Int32Array(size);
  }
}

const EMPTY = new Int32Array(0);
const DONE = 2 ** 31 - 1;
