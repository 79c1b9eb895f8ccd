import { InternalError } from '../base/errors.js';
import { FRACTION } from '../base/fraction.js';
import type { Fiber } from './fiber.js';

/**
 * Fibers that are ready, first in, first out; linked through the fibers themselves, so that pushing and shifting
 * allocate nothing. A run queue has one of them or one per node.
 */
export class ReadyList {
  private head: Fiber | null = null;
  private tail: Fiber | null = null;
  size: number = 0;
  /** Exponentially weighted mean of one fiber's run from here, in ms; starts at a cautious guess. */
  meanMs: number = FIRST_GUESS_MS;
  /** Runs whose time the meter has not settled yet. */
  uncharged: number = 0;
  /** All runs from here: their time in ms, and how many. */
  ranMs: number = FRACTION;
  runs: number = 0;
  /** Whether a batch is one fiber, so that the queue is asked again before each. */
  single: boolean = false;
  /** Runs whose allocation was measured. */
  measuredRuns: number = 0;

  push(fiber: Fiber): void {
    if (this.tail === null) this.head = fiber;
    else this.tail.nextReady = fiber;
    this.tail = fiber;
    this.size++;
  }

  shift(): Fiber {
    const fiber = this.head;
    if (fiber === null) throw new InternalError('shift from an empty ready list');
    this.head = fiber.nextReady;
    if (this.head === null) this.tail = null;
    fiber.nextReady = null;
    this.size--;
    return fiber;
  }

  unshift(fiber: Fiber): void {
    fiber.nextReady = this.head;
    this.head = fiber;
    this.tail ??= fiber;
    this.size++;
  }

  /** Moves those for which `isUrgent` to the front, in their order; false if there is none. O(size). */
  advance(isUrgent: (fiber: Fiber) => boolean): boolean {
    const urgent: Fiber[] = [];
    const others: Fiber[] = [];
    while (this.size > 0) {
      const fiber = this.shift();
      (isUrgent(fiber) ? urgent : others).push(fiber);
    }
    for (const fiber of urgent) this.push(fiber);
    for (const fiber of others) this.push(fiber);
    return urgent.length > 0;
  }

  get first(): Fiber | null {
    return this.head;
  }

  /** Learns from `count` runs that took `ms` together. */
  ran(ms: number, count: number): void {
    this.ranMs += ms;
    this.runs += count;
    this.meanMs += (ms / count - this.meanMs) * WEIGHT;
  }
}

const WEIGHT = 1 / 8;
/** Long enough that a list nobody knows yet is run a few fibers at a time and timed by itself. */
const FIRST_GUESS_MS = 0.1;
