import type { Kind } from './kind.js';
import type { Outlook } from './outlook.js';
import { scarcestMs } from './scarcest-ms.js';

/**
 * For how long one of `kind` needs all there is of what it needs most of, in ms. Infinite while nothing is known, and if it takes
 * memory: where that runs short nothing makes room quickly.
 */
export function fullMs({ start, isKnown }: Kind, outlook: Outlook): number {
  if (start === null || !isKnown) return Infinity;
  const { memory, heap } = outlook;
  return memory.peakAt(start, 2) > LIGHT * heap.capacity ? Infinity : scarcestMs(start, outlook);
}

/** Of what the heap has room for. A request that builds nothing large takes less. */
const LIGHT = 0.002;
