import type { ResourceSnapshot } from './scheduling.js';

/**
 * What may be outstanding of a resource, in units of that; no more is let in beyond. Null where there is no such bound:
 * without a limit, and of descriptors, which are judged by how many each kind of work holds.
 */
export function mostOutstanding({ unit, capacity, steady, queueMs, delayMs }: ResourceSnapshot): number | null {
  return unit === 'descriptors' || capacity === null ? null : Math.max(0, capacity - steady) * (queueMs + delayMs);
}
