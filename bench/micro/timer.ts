/** What stands in the peers' queues: those due at the same time leave in the order in which they came. */
export interface Timer {
  at: number;
  order: number;
}

export function compareTimers(a: Timer, b: Timer): number {
  return a.at - b.at || a.order - b.order;
}
