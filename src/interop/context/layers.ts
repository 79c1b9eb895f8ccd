import { asyncContext, type AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';

/** Captures what is current now as a context around an inner one. */
export type Layer = (inner: AsyncContext | null) => AsyncContext;

/** From the outermost to the innermost, whatever the order of imports. */
const layers: { resource: Layer | null; namespaces: Layer | null } = { resource: null, namespaces: null };

/**
 * Adds a layer that follows fibers from now on. The resource is outermost: entering it lets the hooks of `cls-hooked` reset
 * namespaces to their state when the fiber was spawned, and the inner layer then restores their current state.
 */
export function follow(way: keyof typeof layers, layer: Layer): void {
  layers[way] = layer;
  const { resource, namespaces } = layers;
  if (resource === null) asyncContext.capture = () => namespaces!(null);
  else if (namespaces === null) asyncContext.capture = () => resource(null);
  else asyncContext.capture = () => resource(namespaces(null));
}

/** Steps the fiber within the remaining layers. */
export function runInner(inner: AsyncContext | null, loop: RunLoop, fiber: Fiber): void {
  if (inner === null) loop.step(fiber, loop.credit);
  else inner.run(loop, fiber);
}

export function callInner(inner: AsyncContext | null, f: () => void): void {
  if (inner === null) f();
  else inner.call(f);
}
