import type { RunLoop } from '../run-loop.js';
import type { ResourcePool } from './resource.js';

/**
 * The resources that fibers of a loop have asked for, so that tools can show them even when nobody waits. A program declares a
 * few; if it makes them up as it runs, only the first `MOST` are kept.
 */
export function resourcesOf(loop: RunLoop): ReadonlySet<ResourcePool> {
  return known.get(loop) ?? NONE;
}

/** A fiber of `loop` asks for `resource`. */
export function noteResource(loop: RunLoop, resource: ResourcePool): void {
  let resources = known.get(loop);
  if (resources === undefined) known.set(loop, (resources = new Set()));
  if (resources.size < MOST) resources.add(resource);
}

const known: WeakMap<RunLoop, Set<ResourcePool>> = new WeakMap();
const NONE: ReadonlySet<ResourcePool> = new Set();
const MOST = 100;
