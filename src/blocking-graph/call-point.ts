import type { CallChain } from '../fibers/recorder.js';
import type { ChainNode } from './call-chain.js';

/**
 * What an activation of a function needs to know of itself, in one object so that it fits in one local variable and
 * one register: its place in the tree of calls, and how many levels of `yield*` it stands above the beginning of its
 * segment. Shared by all activations of a function at the same place and level, so it is also where compiled code
 * caches what the next call leads to. There are few: levels are bounded.
 */
export class CallPoint implements CallChain {
  readonly node: ChainNode;
  readonly level: number;
  /** The call site that leads here; the node's own, except where the tree of calls was full. Null for a root. */
  readonly site: number | null;
  /** Id of the compiled function that is known to be what was called; -1 while none is. */
  callee: number;
  /** What the callee's sites and loops lead to, by their number in it: in this segment, and in one that begins there. */
  readonly next: (CallPoint | undefined)[] = [];
  readonly linked: (CallPoint | undefined)[] = [];
  /** Of a loop: how many iterations it may run before it looks at the time again. */
  budget: number = 1;
  /** Of a checkpoint: how many segments that began here have ended. */
  ended: number = 0;
  private others: Map<number, CallPoint> | null = null;

  constructor(node: ChainNode, level: number, site: number | null, callee: number) {
    this.node = node;
    this.level = level;
    this.site = site;
    this.callee = callee;
  }

  /** The same point for another function that is called from the same site; undefined while none is known. */
  of(callee: number): CallPoint | undefined {
    return this.callee === callee ? this : this.others?.get(callee);
  }

  /** `callee` is what was called. */
  admit(callee: number): CallPoint {
    if (this.callee < 0) {
      this.callee = callee;
      return this;
    }
    const other = new CallPoint(this.node, this.level, this.site, callee);
    (this.others ??= new Map()).set(callee, other);
    return other;
  }

  /** Of a checkpoint: have many segments begun and ended here without a fiber ever having suspended in one? */
  get isDry(): boolean {
    return this.ended >= ENOUGH && !this.node.suspends;
  }

  get name(): string {
    return this.node.name;
  }

  get root(): CallPoint {
    return this.node.root.point(0);
  }
}

const ENOUGH = 64;
