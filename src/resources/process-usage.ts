import { getHeapStatistics } from 'node:v8';
import type { ProcessUsage } from '../blocking-graph/snapshot.js';
import { descriptorLimit, openDescriptors } from './descriptors.js';

/**
 * Reads the meters: some 30 µs, more with thousands of descriptors, so at most some times a second. What needs a
 * descriptor where none is left reads null.
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
