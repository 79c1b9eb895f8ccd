import type { Fiber } from './fiber.js';
import type { Scope } from './scope.js';

/** All live fibers of a run loop, by scope, so that they can be walked while they come and go. */
export class Population {
  readonly scopes: Scope[] = [];
  private readonly walks: PopulationWalk[] = [];

  /** `scope` has got its first member. */
  add(scope: Scope): void {
    scope.slot = this.scopes.length;
    this.scopes.push(scope);
  }

  /** `scope` has lost its last member. */
  remove(scope: Scope): void {
    const last = this.scopes.pop()!;
    if (last !== scope) {
      this.scopes[scope.slot] = last;
      last.slot = scope.slot;
    }
    scope.slot = -1;
  }

  /** `fiber` leaves `scope`, and `last` takes its place. */
  memberLeaves(scope: Scope, fiber: Fiber, last: Fiber): void {
    for (const walk of this.walks) walk.memberLeaves(scope, fiber, last);
  }

  walk(): PopulationWalk {
    const walk = new PopulationWalk(this.scopes, (ended) => {
      const index = this.walks.indexOf(ended);
      if (index >= 0) this.walks.splice(index, 1);
    });
    this.walks.push(walk);
    return walk;
  }
}

/**
 * Visits once every fiber that lives from the beginning of the walk to its end, and those that come or go meanwhile
 * at most once, however long it pauses in between.
 *
 * It goes down through the slots. New fibers are put behind it. A fiber that goes is replaced by the last of its list, which has
 * been visited and would be met again: those are remembered, and so are visited scopes.
 */
export class PopulationWalk {
  private readonly scopes: readonly Scope[];
  private readonly onEnd: (walk: PopulationWalk) => void;
  private scopeSlot: number;
  private memberSlot: number = 0;
  private scope: Scope | null = null;
  private readonly seenScopes: Set<Scope> = new Set();
  private readonly seenAgain: Set<Fiber> = new Set();

  constructor(scopes: readonly Scope[], onEnd: (walk: PopulationWalk) => void) {
    this.scopes = scopes;
    this.onEnd = onEnd;
    this.scopeSlot = scopes.length;
  }

  /** The next fiber, or null at the end. */
  next(): Fiber | null {
    for (;;) {
      const members = this.scope?.members ?? [];
      this.memberSlot = Math.min(this.memberSlot, members.length);
      while (this.memberSlot > 0) {
        const fiber = members[--this.memberSlot]!;
        if (!this.seenAgain.delete(fiber)) return fiber;
      }
      if (!this.nextScope()) return null;
    }
  }

  /** To be called when no more is wanted. */
  end(): void {
    this.onEnd(this);
  }

  memberLeaves(scope: Scope, fiber: Fiber, last: Fiber): void {
    if (scope !== this.scope) return;
    this.seenAgain.delete(fiber);
    // `last` has left its slot already: was that one behind the walk?
    if (last !== fiber && fiber.slot < this.memberSlot && scope.members.length >= this.memberSlot)
      this.seenAgain.add(last);
  }

  private nextScope(): boolean {
    this.seenAgain.clear();
    this.scopeSlot = Math.min(this.scopeSlot, this.scopes.length);
    while (this.scopeSlot > 0) {
      const scope = this.scopes[--this.scopeSlot]!;
      if (this.seenScopes.has(scope)) continue;
      this.seenScopes.add(scope);
      this.scope = scope;
      this.memberSlot = scope.members.length;
      return true;
    }
    this.scope = null;
    return false;
  }
}
