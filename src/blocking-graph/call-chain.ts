import { nameOf } from '../base/name-of.js';
import { codePlace, type CodePlace } from './code-place.js';
import { CallPoint } from './call-point.js';

/**
 * The calls through which a fiber came to where it is, as a path in a tree. The root is the function it was spawned with; a
 * child is a function called in a segment of its own by `call()`, or a call site of compiled code. Children of one parent
 * are told apart by function name, since a program makes many closures of one function. Recursion folds: a call that is
 * already on the path leads back to its node, so the tree stays finite.
 */
export class ChainNode {
  /** Name of the function; of a call site, that of the enclosing function. */
  readonly name: string;
  /** Id of the call site; null for a function. */
  readonly site: number | null;
  readonly parent: ChainNode | null;
  readonly root: ChainNode;
  readonly depth: number;
  /** Whether a fiber has suspended here, or in something called from here. */
  suspends: boolean = false;
  private readonly children: Map<string | number, ChainNode> = new Map();
  private readonly points: Map<string | number, CallPoint> = new Map();
  /** Caches the last function called from here, and its node: most calls repeat it. */
  private lastFunction: Function | null = null;
  private lastChild: ChainNode | null = null;

  constructor(name: string, parent: ChainNode | null, site: number | null = null) {
    this.name = name;
    this.site = site;
    this.parent = parent;
    this.root = parent === null ? this : parent.root;
    this.depth = parent === null ? 1 : parent.depth + 1;
  }

  /** The node to which a call of `f` leads. */
  child(f: Function): ChainNode {
    if (this.lastFunction === f) return this.lastChild!;
    const name = nameOf(f);
    const child = this.descend(name, (node) => node.site === null && node.name === name) ?? this.grow(name, name, null);
    this.lastFunction = f;
    this.lastChild = child;
    return child;
  }

  /** The node to which a call site leads. */
  at(site: number): ChainNode {
    return (
      this.descend(site, (node) => node.site === site) ??
      this.grow(site, codePlace(site)?.function ?? 'anonymous', site)
    );
  }

  /** The point for this node, `level` calls into a segment; reached through `site`, if that is not the node's own. */
  point(level: number, site: number | null = this.site): CallPoint {
    const key = site === this.site ? level : `${level} ${site}`;
    let point = this.points.get(key);
    if (point === undefined) this.points.set(key, (point = new CallPoint(this, level, site, -1)));
    return point;
  }

  /** The calls that lead here, outermost first. A function is left out if a call site in it follows, which says more. */
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

  /** A fiber suspends here for the first time with some label. */
  noteSuspension(): void {
    for (let node: ChainNode | null = this; node !== null && !node.suspends; node = node.parent) node.suspends = true;
  }

  private descend(key: string | number, isIt: (node: ChainNode) => boolean): ChainNode | undefined {
    for (let node: ChainNode | null = this; node !== null; node = node.parent) if (isIt(node)) return node;
    return this.children.get(key);
  }

  private grow(key: string | number, name: string, site: number | null): ChainNode {
    // No reader could make sense of a longer path, and mutual recursion can make as many as there are orders of its calls.
    if (this.depth >= MAX_DEPTH || this.root.size >= MAX_NODES) return this;
    this.root.size++;
    const child = new ChainNode(name, this, site);
    this.children.set(key, child);
    return child;
  }

  /** Number of nodes in the tree; kept at its root only. */
  private size: number = 1;
}

const MAX_DEPTH = 50;
const MAX_NODES = 5000;
