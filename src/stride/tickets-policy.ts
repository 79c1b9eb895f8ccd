import type { BlockingPoint } from '../fibers/recorder.js';

/**
 * Port: which share of the processor the ready fibers of a node get while they compete with those of others. Tickets
 * are relative, positive and never zero, so that no node starves.
 */
export interface TicketsPolicy {
  /** Asked once for each node, when its first fiber is ready. */
  tickets(node: BlockingPoint): number;
}

/** The same share for every node. */
export const equalTickets: TicketsPolicy = { tickets: () => 100 };
