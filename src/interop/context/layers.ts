import { asyncContext, type AsyncContext } from '../../fibers/async-context.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';

/** Makes a context out of what is current now, around another one. */
export type Layer = (inner: AsyncContext | null) => AsyncContext;

/** Outermost first, whatever the order of imports. */
const layers: { resource: Layer | null; namespaces: Layer | null } = { resource: null, namespaces: null };

/**
 * Follows fibers in one more way from now on. The resource is outermost: entering it lets hooks of `cls-hooked` set
 * namespaces to what they were when the fiber was spawned, and what the fiber has made of them since comes on top.
 */
export function follow(way: keyof typeof layers, layer: Layer): void {
  layers[way] = layer;
  const { resource, namespaces } = layers;
  if (resource === null) asyncContext.capture = () => namespaces!(null);
  else if (namespaces === null) asyncContext.capture = () => resource(null);
  else asyncContext.capture = () => resource(namespaces(null));
}

/** Lets `loop` step the fiber in what is left of the layers. */
export function runInner(inner: AsyncContext | null, loop: RunLoop, fiber: Fiber): void {
  if (inner === null) loop.step(fiber, loop.credit);
  else inner.run(loop, fiber);
}

export function callInner(inner: AsyncContext | null, f: () => void): void {
  if (inner === null) f();
  else inner.call(f);
}
