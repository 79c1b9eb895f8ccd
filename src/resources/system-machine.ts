import { performance } from 'node:perf_hooks';
import { descriptorLimit, openDescriptors } from './descriptors.js';
import type { Heap, Machine } from './machine.js';
import { quietV8 } from './quiet-v8.js';

/** This process as a `Machine`. */
export function systemMachine(heap: Heap, environment: NodeJS.ProcessEnv = process.env): Machine {
  let before = performance.eventLoopUtilization();
  return {
    heap,
    openDescriptors,
    descriptorLimit,
    threads: threadPoolSize(environment['UV_THREADPOOL_SIZE']),
    idleShare() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return 1 - utilization;
    },
    quietV8,
  };
}

/** As libuv reads it at the first call: what is no number counts as 0, and 0 as 1. */
function threadPoolSize(text: string | undefined): number {
  if (text === undefined) return USUAL_THREADS;
  return Math.min(Math.max(Number.parseInt(text, 10) || 0, 1), MOST_THREADS);
}

const USUAL_THREADS = 4;
const MOST_THREADS = 1024;
