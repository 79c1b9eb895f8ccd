import type { CallChain } from '../fibers/recorder.js';
import type { ChainNode } from './call-chain.js';

/**
 * What an activation of a compiled function needs to know of itself, in one object so that it fits in one local variable
 * and one register: its place in the tree of calls, and how many levels of `yield*` separate it from the start of its
 * segment. All activations at the same place and level share it, so compiled code also caches here where each next call
 * leads. There are few, since levels are bounded.
 */
export class CallPoint implements CallChain {
  readonly node: ChainNode;
  readonly level: number;
  /** The call site that leads here; the node's own, except where the tree of calls was full. Null for a root. */
  readonly site: number | null;
  /** Id of the compiled function known to be called here; -1 while none is known. */
  callee: number;
  /** Where the callee's sites and loops lead, by their index in it: within this segment, and in a new one begun there. */
  readonly next: (CallPoint | undefined)[] = [];
  readonly linked: (CallPoint | undefined)[] = [];
  /** At a loop: how many iterations may run until the next look at the clock. */
  budget: number = 1;
  /** At a checkpoint: how many of the segments begun here have ended. */
  ended: number = 0;
  private others: Map<number, CallPoint> | null = null;

  constructor(node: ChainNode, level: number, site: number | null, callee: number) {
    this.node = node;
    this.level = level;
    this.site = site;
    this.callee = callee;
  }

  /** The variant of this point for function `callee`, since one site may call several; undefined if it was not admitted. */
  of(callee: number): CallPoint | undefined {
    return this.callee === callee ? this : this.others?.get(callee);
  }

  /** Records that `callee` is called here, and returns the point for it. */
  admit(callee: number): CallPoint {
    if (this.callee < 0) {
      this.callee = callee;
      return this;
    }
    const other = new CallPoint(this.node, this.level, this.site, callee);
    (this.others ??= new Map()).set(callee, other);
    return other;
  }

  /** At a checkpoint: whether many segments have begun and ended here without a fiber ever suspending in one. */
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
