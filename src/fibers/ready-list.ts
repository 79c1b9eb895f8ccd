import { InternalError } from '../base/errors.js';
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
  /** Runs that the meter has not yet learned the time of. */
  uncharged: number = 0;
  /** All runs from here: their time in ms, and how many. */
  ranMs: number = 0;
  runs: number = 0;

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
