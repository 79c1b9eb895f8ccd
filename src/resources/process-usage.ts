import { getHeapStatistics } from 'node:v8';
import type { ProcessUsage } from '../blocking-graph/snapshot.js';
import { descriptorLimit, openDescriptors } from './descriptors.js';

/**
 * Reads the meters: takes some 30 µs, more with thousands of descriptors, so call it a few times a second at most. What would
 * need a descriptor when none is left is null.
 */
export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const heap = getHeapStatistics();
  return {
    cpuMs: (user + system) / 1000,
    heapUsedBytes: heap.used_heap_size,
    heapLimitBytes: heap.heap_size_limit,
    rssBytes: resident(),
    descriptors: openDescriptors(),
    descriptorLimit: descriptorLimit(),
  };
}

function resident(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}
