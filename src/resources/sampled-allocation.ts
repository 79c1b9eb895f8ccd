import type { Clock } from '../base/clock.js';
import type { AllocationMeter } from '../fibers/allocation-meter.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { Heap } from './machine.js';

/**
 * Measures runs within a budget of processor time: measuring one takes some 50 to 100 µs in a busy server. Long runs are
 * measured often, since they can pay for it and allocate most.
 */
export class SampledAllocation implements AllocationMeter {
  private readonly clock: Clock;
  private readonly heap: Heap;
  private credit: number = 0;
  private share: number = FIRST_SHARE;
  private costMs: number = FIRST_COST_MS;
  private beginMs: number = 0;

  constructor(clock: Clock, heap: Heap) {
    this.clock = clock;
    this.heap = heap;
  }

  get heapBytes(): number {
    return this.heap.allocated;
  }

  get externalBytes(): number {
    return this.heap.externalAllocated;
  }

  due(list: ReadyList): boolean {
    this.credit += this.share * list.meanMs;
    const { measuredRuns } = list;
    // A node that is hardly known may be measured on less credit.
    return this.credit >= (measuredRuns < WELL_KNOWN ? (this.costMs * measuredRuns) / WELL_KNOWN : this.costMs);
  }

  spend(share: number): void {
    this.share = share;
  }

  begin(): void {
    const began = this.clock.now();
    this.heap.beginRun();
    this.beginMs = this.clock.now() - began;
  }

  end(): void {
    const began = this.clock.now();
    const collections = this.heap.endRun();
    const took = this.beginMs + this.clock.now() - began + collections * RECORD_MS;
    this.costMs += (took - this.costMs) / 8;
    this.credit = Math.max(this.credit - this.costMs, -this.costMs);
  }
}

/** Until it is known how much memory is free. */
const FIRST_SHARE = 0.01;
const FIRST_COST_MS = 0.1;
const WELL_KNOWN = 8;
/** What recording a collection costs during a run: 0.1 ms in a loop, more than 1 in a server whose caches are cold. */
const RECORD_MS = 1;
