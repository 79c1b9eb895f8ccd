import type { Clock } from '../base/clock.js';
import type { AllocationMeter } from '../fibers/allocation-meter.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { Heap } from './machine.js';

/**
 * Measures runs within a budget of processor time: one reading of the heap takes some 20 to 50 µs in a busy server. Long
 * runs are measured often, since they can pay for it, and they are those that allocate much.
 */
export class SampledAllocation implements AllocationMeter {
  heapBytes: number = 0;
  externalBytes: number = 0;
  private readonly clock: Clock;
  private readonly heap: Heap;
  private credit: number = 0;
  private share: number = FIRST_SHARE;
  private costMs: number = FIRST_COST_MS;

  constructor(clock: Clock, heap: Heap) {
    this.clock = clock;
    this.heap = heap;
  }

  due(list: ReadyList): boolean {
    this.credit += this.share * list.meanMs;
    const { measuredRuns } = list;
    // A node that is hardly known is worth more.
    return this.credit >= (measuredRuns < WELL_KNOWN ? (this.costMs * measuredRuns) / WELL_KNOWN : this.costMs);
  }

  spend(share: number): void {
    this.share = share;
  }

  begin(): void {
    const began = this.clock.now();
    this.heap.read();
    this.costMs += (2 * (this.clock.now() - began) - this.costMs) / 8;
    this.credit = Math.max(this.credit - this.costMs, -this.costMs);
    this.heapBytes = this.heap.allocated;
    this.externalBytes = this.heap.externalAllocated;
  }

  end(): void {
    this.heap.read();
    this.heapBytes = this.heap.allocated - this.heapBytes;
    this.externalBytes = this.heap.externalAllocated - this.externalBytes;
  }
}

/** Until it is known how much memory there is to spare. */
const FIRST_SHARE = 0.01;
const FIRST_COST_MS = 0.1;
const WELL_KNOWN = 8;
