import { nameOf } from '../base/name-of.js';
import { codePlace, type CodePlace } from './code-place.js';
import { CallPoint } from './call-point.js';

/**
 * The calls through which a fiber came to where it is, as a path in a tree: the root is the function it was spawned
 * with, a child a function called in a segment of its own by `call()`, or a call site of compiled code. Functions are
 * told apart by name below the same parent, since a program makes many closures of one function. Recursion folds: a
 * call that is on the path already goes back to it, so the tree stays finite.
 */
export class ChainNode {
  /** The function's; of a call site that of the function around it. */
  readonly name: string;
  /** Its id, or null for a function. */
  readonly site: number | null;
  readonly parent: ChainNode | null;
  readonly root: ChainNode;
  readonly depth: number;
  /** A fiber has suspended here, or in something called from here. */
  suspends: boolean = false;
  private readonly children: Map<string | number, ChainNode> = new Map();
  private readonly points: Map<string | number, CallPoint> = new Map();
  /** The last function called from here, and where that leads: most calls repeat it. */
  private lastFunction: Function | null = null;
  private lastChild: ChainNode | null = null;

  constructor(name: string, parent: ChainNode | null, site: number | null = null) {
    this.name = name;
    this.site = site;
    this.parent = parent;
    this.root = parent === null ? this : parent.root;
    this.depth = parent === null ? 1 : parent.depth + 1;
  }

  /** Where a call of `f` leads. */
  child(f: Function): ChainNode {
    if (this.lastFunction === f) return this.lastChild!;
    const name = nameOf(f);
    const child = this.descend(name, (node) => node.site === null && node.name === name) ?? this.grow(name, name, null);
    this.lastFunction = f;
    this.lastChild = child;
    return child;
  }

  /** Where a call site leads. */
  at(site: number): ChainNode {
    return (
      this.descend(site, (node) => node.site === site) ??
      this.grow(site, codePlace(site)?.function ?? 'anonymous', site)
    );
  }

  /** This place, `level` calls inside of a segment; reached from `site`, where that is not this node's own. */
  point(level: number, site: number | null = this.site): CallPoint {
    const key = site === this.site ? level : `${level} ${site}`;
    let point = this.points.get(key);
    if (point === undefined) this.points.set(key, (point = new CallPoint(this, level, site, -1)));
    return point;
  }

  /**
   * What leads here, outermost first. A function is left out where a call site in it follows, which says more.
   */
  path(): ChainNode[] {
    const path: ChainNode[] = [];
    for (let node: ChainNode | null = this; node !== null; node = node.parent) path.push(node);
    path.reverse();
    return path.filter(({ site, name }, i) => {
      const next = path[i + 1];
      return site !== null || next === undefined || next.site === null || next.name !== name;
    });
  }

  /** `handle (server.ts:12:5)` for a call site, else the function's name. */
  get text(): string {
    const { place } = this;
    return place === null ? this.name : `${this.name} (${place.file}:${place.line}:${place.column})`;
  }

  get place(): CodePlace | null {
    return this.site === null ? null : codePlace(this.site);
  }

  /** A fiber suspends here, for the first time in this way. */
  noteSuspension(): void {
    for (let node: ChainNode | null = this; node !== null && !node.suspends; node = node.parent) node.suspends = true;
  }

  private descend(key: string | number, isIt: (node: ChainNode) => boolean): ChainNode | undefined {
    for (let node: ChainNode | null = this; node !== null; node = node.parent) if (isIt(node)) return node;
    return this.children.get(key);
  }

  private grow(key: string | number, name: string, site: number | null): ChainNode {
    // A path this long is no place that a reader could recognise, and mutual recursion would make as many as it has orders.
    if (this.depth >= MAX_DEPTH || this.root.size >= MAX_NODES) return this;
    this.root.size++;
    const child = new ChainNode(name, this, site);
    this.children.set(key, child);
    return child;
  }

  /** Of the tree, kept at its root. */
  private size: number = 1;
}

const MAX_DEPTH = 50;
const MAX_NODES = 5000;
