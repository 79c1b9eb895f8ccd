import { nameOf } from '../base/name-of.js';
import { textHash } from '../base/text-hash.js';
import { current } from '../fibers/current.js';
import type { Fiber } from '../fibers/fiber.js';
import { Label } from '../fibers/label.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { RunLoop } from '../fibers/run-loop.js';
import { preempted } from '../fibers/yield-now.js';
import type { BlockingPoint, CallChain, Recorder } from '../fibers/recorder.js';
import { ChainNode } from './call-chain.js';
import type { CallPoint } from './call-point.js';
import { Edge, GraphNode, SpawnLink } from './graph-node.js';
import { attachLogicalStack, noteSegment, tellStack } from './logical-stack.js';

/**
 * Learns the blocking graph while the program runs (Capriccio, section 4.1). A suspension costs a compare and a count if it
 * takes the same edge as the last one from that node, and otherwise a short search.
 */
export class GraphRecorder implements Recorder {
  /** All nodes, by label and chain. */
  readonly nodes: Map<string, GraphNode> = new Map();
  private readonly roots: Map<string, ChainNode> = new Map();
  private lastBody: Function | null = null;
  private lastStart: GraphNode | null = null;
  private lastPoint: CallPoint | null = null;
  private lastSpawn: SpawnLink | null = null;
  private lastSpawner: GraphNode | null = null;
  private readonly makeList: () => ReadyList;

  /** @param makeList makes the list in which a node's ready fibers queue, of the class that the run queue needs. */
  constructor(makeList: () => ReadyList) {
    this.makeList = makeList;
  }

  spawned(fiber: Fiber, f: Function): void {
    if (this.lastBody !== f) this.startWith(f);
    const start = this.lastStart!;
    start.starts++;
    fiber.node = start;
    fiber.chain = this.lastPoint;
    const spawner = current.fiber;
    if (spawner === null) return;
    if (this.lastSpawner !== spawner.node) this.spawnFrom(spawner, fiber.loop);
    if (this.lastSpawn !== null) this.lastSpawn.count++;
  }

  private startWith(f: Function): void {
    this.lastStart = this.node(SPAWN, this.root(nameOf(f)));
    this.lastBody = f;
    this.lastPoint = this.lastStart.chain.point(0);
    this.lastSpawner = null;
    this.lastSpawn = null;
  }

  /** Finds the link from the node of `spawner` to the current start node; none if `spawner` is in another runtime's graph. */
  private spawnFrom({ node, loop }: Fiber, own: RunLoop): void {
    this.lastSpawner = node as GraphNode | null;
    this.lastSpawn = loop === own ? this.spawnLink(node as GraphNode) : null;
  }

  private spawnLink({ spawns }: GraphNode): SpawnLink | null {
    const start = this.lastStart!;
    const known = spawns.find(({ to }) => to === start);
    if (known !== undefined || spawns.length >= MAX_EDGES) return known ?? null;
    const link = new SpawnLink(start);
    spawns.push(link);
    return link;
  }

  /** Starts and suspensions that found no room in the graph: those at `(other)`. */
  get lost(): number {
    const isRest = (node: GraphNode): boolean => node === this.restOfWaits || node === this.restOfExits;
    let lost = 0;
    for (const node of this.nodes.values()) {
      if (isRest(node)) lost += node.starts;
      for (const { to, count } of node.edges) if (isRest(to)) lost += count;
    }
    return lost;
  }

  /** The node at which fibers of functions with this name start; null if none has. */
  startOf(name: string): GraphNode | null {
    const root = this.roots.get(name);
    return root === undefined ? null : (this.nodes.get(keyOf(SPAWN, root)) ?? null);
  }

  called(f: Function): void {
    current.chain = (current.chain as CallPoint).node.child(f).point(0);
  }

  returned(chain: CallChain): void {
    (chain as CallPoint).ended++;
  }

  suspendedAt(fiber: Fiber, label: Label): void {
    const from = fiber.node as GraphNode;
    const chain = (fiber.chain as CallPoint).node;
    let edge = from.lastEdge;
    if (edge === null || edge.label !== label || edge.chain !== chain) edge = this.edge(from, label, chain);
    edge.count++;
    fiber.node = edge.to;
  }

  woken(fiber: Fiber, waitedMs: number): void {
    (fiber.node as GraphNode).recordWait(waitedMs);
  }

  sampled(_fiber: Fiber, from: BlockingPoint, ranMs: number): void {
    const node = from as GraphNode;
    // Negative if the clock was set back meanwhile.
    const ms = Math.max(0, ranMs);
    // Called right after the run, so the edge it took is the last one taken.
    node.lastEdge?.run.add(ms);
    node.sampledMs += ms;
    node.sampledRuns++;
  }

  allocated(_fiber: Fiber, from: BlockingPoint, heapBytes: number, externalBytes: number): void {
    const node = from as GraphNode;
    node.heapBytes.add(heapBytes);
    node.externalBytes.add(externalBytes);
  }

  descriptors(fiber: Fiber, change: number): void {
    (fiber.node as GraphNode).descriptors += change;
  }

  struck(error: Error): void {
    tellStack(error);
  }

  threw(error: unknown, chain: CallChain): void {
    noteSegment(error, chain as CallPoint);
  }

  failed(fiber: Fiber, error: unknown): void {
    attachLogicalStack(error, fiber);
  }

  ended(fiber: Fiber): void {
    fiber.chain = (fiber.chain as CallPoint).root;
    this.suspendedAt(fiber, EXIT);
  }

  private edge(from: GraphNode, label: Label, chain: ChainNode): Edge {
    let found = from.edges.find(
      (edge) => edge.chain === chain && (edge.label === label || edge.label.text === label.text),
    );
    found ??= this.newEdge(from, label, chain);
    from.lastEdge = found;
    return found;
  }

  private newEdge(from: GraphNode, label: Label, chain: ChainNode): Edge {
    const to = from.edges.length < MAX_EDGES ? this.node(label, chain) : this.rest(label);
    // From the end: `(other)` is reached when there is no room for more.
    const known = from.edges.findLast((edge) => edge.to === to);
    if (known === undefined) {
      const edge = new Edge(to, label, chain);
      from.edges.push(edge);
      return edge;
    }
    // Many keys lead to `(other)`. With the latest as its own, the edge is found at once while that is repeated.
    known.label = label;
    known.chain = chain;
    return known;
  }

  private node(label: Label, chain: ChainNode): GraphNode {
    if (chain === this.overflow) return this.rest(label);
    const key = keyOf(label, chain);
    return this.nodes.get(key) ?? (this.nodes.size < MAX_NODES ? this.add(key, label, chain) : this.rest(label));
  }

  /** The overflow node. Exits have one of their own, since fibers that have ended must not count as being anywhere. */
  private rest(label: Label): GraphNode {
    return label === EXIT ? (this.restOfExits ??= this.findRest(EXIT)) : (this.restOfWaits ??= this.findRest(OTHER));
  }

  private findRest(label: Label): GraphNode {
    const key = keyOf(label, this.overflow);
    return this.nodes.get(key) ?? this.add(key, label, this.overflow);
  }

  private add(key: string, label: Label, chain: ChainNode): GraphNode {
    if (label !== preempted.label) chain.noteSuspension();
    const node = new GraphNode(`n${textHash(key)}`, label, chain, this.makeList());
    this.nodes.set(key, node);
    return node;
  }

  private root(name: string): ChainNode {
    let root = this.roots.get(name);
    if (root !== undefined) return root;
    if (this.roots.size >= MAX_NODES) return this.overflow;
    root = new ChainNode(name, null);
    this.roots.set(name, root);
    return root;
  }

  private readonly overflow: ChainNode = new ChainNode('(other)', null);
  private restOfWaits: GraphNode | null = null;
  private restOfExits: GraphNode | null = null;
}

function keyOf(label: Label, chain: ChainNode): string {
  return [label.text, ...chain.path().map((call) => call.text)].join('\n');
}

/** A program has tens to hundreds of blocking points; one with more than this makes up names at run time. */
const MAX_NODES = 5000;
/** From one node, since edges are searched linearly. */
const MAX_EDGES = 200;

const SPAWN = new Label('spawn');
const EXIT = new Label('exit');
const OTHER = new Label('custom', 'other');
