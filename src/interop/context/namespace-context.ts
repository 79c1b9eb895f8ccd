import type { AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { callInner, runInner } from './layers.js';

/**
 * Follows a fiber by setting the namespaces of `cls-hooked` directly, as their own hooks do: 35 ns a switch. With a resource
 * for each fiber those hooks would do the same, at 100 ns.
 */
export class NamespaceContext implements AsyncContext {
  private all: readonly Namespace[];
  private states: readonly NamespaceState[];
  private readonly inner: AsyncContext | null;

  constructor(inner: AsyncContext | null) {
    this.all = knownNamespaces();
    this.states = this.all.map((namespace) => new NamespaceState(namespace, namespace.active));
    this.inner = inner;
  }

  run(loop: RunLoop, fiber: Fiber): void {
    const states = this.exchange();
    try {
      runInner(this.inner, loop, fiber);
    } finally {
      for (const state of states) state.exchange();
    }
  }

  call(f: () => void): void {
    const states = this.exchange();
    try {
      callInner(this.inner, f);
    } finally {
      for (const state of states) state.exchange();
    }
  }

  end(): void {
    this.inner?.end();
  }

  private exchange(): readonly NamespaceState[] {
    if (this.all !== known) this.catchUp();
    const { states } = this;
    for (const state of states) state.exchange();
    return states;
  }

  /** Takes in namespaces that were created or destroyed since the last run. */
  private catchUp(): void {
    const had = new Map(this.states.map((state) => [state.namespace, state]));
    this.all = known;
    this.states = known.map((namespace) => had.get(namespace) ?? new NamespaceState(namespace, null));
  }
}

/** A namespace of `cls-hooked` 4.2, which is no longer developed, so its internals can be relied on. */
interface Namespace {
  active: object | null;
  /** The contexts entered and not yet left, except the active one. */
  _set: unknown[];
}

/** The fiber's state of a namespace; while the fiber runs, the state outside of it. `exchange` swaps the two. */
class NamespaceState {
  readonly namespace: Namespace;
  private active: object | null;
  private entered: unknown[] = [];

  constructor(namespace: Namespace, active: object | null) {
    this.namespace = namespace;
    this.active = active;
  }

  exchange(): void {
    const { namespace } = this;
    const { active, _set } = namespace;
    namespace.active = this.active;
    namespace._set = this.entered;
    this.active = active;
    this.entered = _set;
  }
}

/** All namespaces at the last spawn; replaced by a new array if they have changed. */
let known: readonly Namespace[] = [];

/** Checked at every spawn, since namespaces may be created at any time; with a few of them that takes some 10 ns. */
function knownNamespaces(): readonly Namespace[] {
  const { namespaces = {} } = process as { namespaces?: Readonly<Record<string, Namespace | null>> };
  let count = 0;
  let same = true;
  for (const name in namespaces) {
    const namespace = namespaces[name]!;
    // A destroyed namespace leaves null behind.
    if (namespace !== null && namespace !== known[count++]) same = false;
  }
  if (!same || count !== known.length) known = Object.values(namespaces).filter((one) => one !== null);
  return known;
}
