import type { AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { callInner, runInner } from './layers.js';

/**
 * Follows by setting the namespaces of `cls-hooked` directly, as their own hooks do. With a resource for each fiber these
 * hooks would do it, for three times the price: 100 ns a switch where this takes 35.
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

  /** Namespaces have come or gone since it was made. */
  private catchUp(): void {
    const had = new Map(this.states.map((state) => [state.namespace, state]));
    this.all = known;
    this.states = known.map((namespace) => had.get(namespace) ?? new NamespaceState(namespace, null));
  }
}

/** What `cls-hooked` 4.2 makes. It is not developed any more, so that its insides are as good as an interface. */
interface Namespace {
  active: object | null;
  /** The contexts that were entered and not left yet, but for the active one. */
  _set: unknown[];
}

/** What a namespace is to have while the fiber runs; while it does, what the outside has. */
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

/** As of the last spawn; another array when something has changed. */
let known: readonly Namespace[] = [];

/** Looked at again for every spawn, since namespaces may be made at any time; with a few of them that is some 10 ns. */
function knownNamespaces(): readonly Namespace[] {
  const { namespaces = {} } = process as { namespaces?: Readonly<Record<string, Namespace | null>> };
  let count = 0;
  let same = true;
  for (const name in namespaces) {
    const namespace = namespaces[name]!;
    // Null is what is left of one that was destroyed.
    if (namespace !== null && namespace !== known[count++]) same = false;
  }
  if (!same || count !== known.length) known = Object.values(namespaces).filter((one) => one !== null);
  return known;
}
