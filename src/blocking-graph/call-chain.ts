import type { CallChain } from '../fibers/recorder.js';

/**
 * The functions through which a fiber came to where it is, as a path in a tree: the root is the function it was
 * spawned with, a child a function called in a segment of its own. Functions are told apart by name below the same
 * parent, since a program makes many closures of one function. Recursion folds: calling a function that is on the
 * path already goes back to it, so the tree stays finite.
 */
export class ChainNode implements CallChain {
  readonly name: string;
  readonly parent: ChainNode | null;
  readonly root: ChainNode;
  readonly depth: number;
  private readonly children: Map<string, ChainNode> = new Map();
  /** The last function called from here, and where that leads: most calls repeat it. */
  private lastFunction: Function | null = null;
  private lastChild: ChainNode | null = null;

  constructor(name: string, parent: ChainNode | null) {
    this.name = name;
    this.parent = parent;
    this.root = parent === null ? this : parent.root;
    this.depth = parent === null ? 1 : parent.depth + 1;
  }

  child(f: Function): ChainNode {
    if (this.lastFunction === f) return this.lastChild!;
    const name = f.name || 'anonymous';
    const child = this.onPath(name) ?? this.children.get(name) ?? this.grow(name);
    this.lastFunction = f;
    this.lastChild = child;
    return child;
  }

  /** The names, outermost first. */
  path(): string[] {
    const names: string[] = [];
    for (let node: ChainNode | null = this; node !== null; node = node.parent) names.push(node.name);
    return names.reverse();
  }

  private onPath(name: string): ChainNode | null {
    for (let node: ChainNode | null = this; node !== null; node = node.parent) if (node.name === name) return node;
    return null;
  }

  private grow(name: string): ChainNode {
    // A path this long is no place that a reader could recognise, and would make the tree as large as its input.
    if (this.depth >= MAX_DEPTH) return this;
    const child = new ChainNode(name, this);
    this.children.set(name, child);
    return child;
  }
}

const MAX_DEPTH = 50;
