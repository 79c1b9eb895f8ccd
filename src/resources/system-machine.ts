import { descriptorLimit, openDescriptors } from './descriptors.js';
import type { Heap, Machine } from './machine.js';

/** The process that this runs in. */
export function systemMachine(heap: Heap): Machine {
  return { heap, openDescriptors, descriptorLimit };
}
