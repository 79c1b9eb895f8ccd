import type { Kind } from './kind.js';
import type { Outlook } from './outlook.js';

/**
 * For how long one of `kind` needs all there is of what it needs most of, in ms. Infinite while nothing is known, and if it takes
 * memory: where that runs short nothing makes room quickly.
 */
export function fullMs({ start, isKnown }: Kind, { prediction, resources, memory, heap }: Outlook): number {
  if (start === null || !isKnown || memory.peakAt(start, 2) > LIGHT * heap.capacity) return Infinity;
  let most = 0;
  for (const [r, { capacity, scale }] of resources.entries())
    most = Math.max(most, ((prediction.demands[r]?.work[start] ?? 0) * scale) / capacity);
  return most;
}

/** Of what the heap has room for. A request that builds nothing large takes less. */
const LIGHT = 0.002;
