import { readdirSync, readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import type { ProcessUsage } from '../blocking-graph/snapshot.js';

/**
 * Reads the meters: some 30 µs, more with thousands of descriptors, so at most some times a second. A meter must
 * survive that its own resource has run out: with no descriptor left, those that need one read null.
 */
export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const heap = getHeapStatistics();
  return {
    cpuMs: (user + system) / 1000,
    heapUsedBytes: heap.used_heap_size,
    heapLimitBytes: heap.heap_size_limit,
    rssBytes: orNull(() => process.memoryUsage.rss()),
    // The directory that is being read is one of them.
    descriptors: orNull(() => readdirSync('/proc/self/fd').length - 1),
    descriptorLimit: descriptorLimit(),
  };
}

function descriptorLimit(): number | null {
  return orNull(() => {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? null : Number(soft);
  });
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
