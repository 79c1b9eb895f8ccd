/** Something with slots that fibers wait for at certain nodes of the graph, as the governor sees it. */
export interface Pool {
  /** How snapshots call it. */
  readonly text: string;
  readonly capacity: number;
  /** It exists for the resource that it counts, and for good; otherwise it may be the lock of one object among many. */
  readonly isDeclared: boolean;
  /** Slots that are held now. */
  readonly used: number;
  /** Slots granted so far, and the number of grants: one may be of several slots. */
  readonly granted: number;
  readonly grants: number;
  /** Fibers stay at the node while they hold a slot, so waiting there is not all queueing. */
  readonly servesWhileWaiting: boolean;
}
