import type { GraphNode } from './graph-node.js';
import type { AheadSnapshot, HeldSnapshot, SchedulingSnapshot } from './scheduling.js';

/** Port: what a snapshot shows of scheduling by resources. */
export interface SchedulingSource {
  snapshot(): SchedulingSnapshot;
  /** The predicted remaining work of fibers at `node`; null if there is no prediction. */
  aheadOf(node: GraphNode): AheadSnapshot | null;
  /** The node's ready fibers that may not run yet; null if they may. */
  heldAt(node: GraphNode): HeldSnapshot | null;
}
