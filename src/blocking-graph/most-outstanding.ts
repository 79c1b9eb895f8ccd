import type { ResourceSnapshot } from './scheduling.js';

/**
 * The most that may be outstanding of a resource, in the units of `outstanding`, before no more work is admitted. Null if
 * there is no such bound: without a limit, and for descriptors, which are judged by how many each kind of work holds.
 */
export function mostOutstanding({ unit, capacity, steady, queueMs, delayMs }: ResourceSnapshot): number | null {
  return unit === 'descriptors' || capacity === null ? null : Math.max(0, capacity - steady) * (queueMs + delayMs);
}
