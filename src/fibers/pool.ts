/** Something with slots that fibers wait for at certain nodes of the graph, as the governor sees it. */
export interface Pool {
  /** How snapshots call it. */
  readonly text: string;
  readonly capacity: number;
  /** It is there for what it counts, and for good; else it may be the lock of one of many objects. */
  readonly isDeclared: boolean;
  /** Slots that are out now. */
  readonly used: number;
  /** Slots granted so far, and how often some were: who asks may get several at once. */
  readonly granted: number;
  readonly grants: number;
  /** A fiber stands at the node also while it has its slot: waiting there is not all queueing. */
  readonly servesWhileWaiting: boolean;
}
