import type { Flow } from './flow-node.js';

/** Whether one of `flows` goes to `node`. A loop, since a tick asks this of each node, and `some` takes a closure each time. */
export function leadsTo(flows: readonly Flow[], node: number): boolean {
  for (const { to } of flows) if (to === node) return true;
  return false;
}
