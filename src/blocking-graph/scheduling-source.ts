import type { GraphNode } from './graph-node.js';
import type { AheadSnapshot, HeldSnapshot, SchedulingSnapshot } from './scheduling.js';

/** Port: what schedules by resources, as far as a snapshot shows it. */
export interface SchedulingSource {
  snapshot(): SchedulingSnapshot;
  /** Null where it does not reckon with the fibers of a node. */
  aheadOf(node: GraphNode): AheadSnapshot | null;
  /** Its ready fibers that may not run; null where they may. */
  heldAt(node: GraphNode): HeldSnapshot | null;
}
