import type { Heap } from 'heddle/lowlevel';

/**
 * A heap whose collector runs when so much has been allocated since, and takes the longer the more is alive. All in
 * bytes.
 */
export class SimulatedHeap implements Heap {
  readonly limit: number;
  readonly externalLimit: number;
  majors: number = 0;
  liveAfterMajor: number = BASE;
  /** More was alive than fits: a real process would be gone. */
  exhausted: boolean = false;
  /** Somebody wants to know what is allocated. */
  watched: boolean = false;
  /** What was allocated at once at most. */
  largest: number = 0;
  /** Alive. */
  held: number = 0;
  /** Held outside of it, and the most that ever was. */
  heldOutside: number = 0;
  mostOutside: number = 0;
  /** It may fill further. */
  expanded: boolean = false;
  private garbage: number = 0;
  /** Allocated so far, and when the measured run began. */
  private total: number = 0;
  private mark: number = 0;
  private totalOutside: number = 0;
  private markOutside: number = 0;
  private readonly pause: (ms: number) => void;

  /** @param pause takes the processor's time for a collection. */
  constructor(limit: number, externalLimit: number, pause: (ms: number) => void) {
    this.limit = limit;
    this.externalLimit = externalLimit;
    this.pause = pause;
  }

  get allocated(): number {
    return this.total - this.mark;
  }

  get externalAllocated(): number {
    return this.totalOutside - this.markOutside;
  }

  /** It is up to date. */
  look(): void {}

  beginRun(): void {
    this.mark = this.total;
    this.markOutside = this.totalOutside;
  }

  endRun(): number {
    return 0;
  }

  start(): void {
    this.watched = true;
  }

  stop(): void {
    this.watched = false;
  }

  expand(): void {
    this.expanded = true;
  }

  allocate(bytes: number): void {
    this.largest = Math.max(this.largest, bytes);
    this.total += bytes;
    this.held += bytes;
    const { limit, liveAfterMajor: left } = this;
    const expanded = this.expanded ? Math.min(EXPANDED_GROWTH * left, (left + limit) / 2) : 0;
    const collectAt = Math.min(COLLECT_AT * limit, Math.max(expanded, GROWTH * left) + YOUNG);
    if (BASE + this.held + this.garbage > collectAt) this.collect();
  }

  /** So much of what is alive becomes garbage. */
  drop(bytes: number): void {
    this.held -= bytes;
    this.garbage += bytes;
  }

  /** `Buffer`s. Who drops them gives them back at once, which is what the real ones do soon after. */
  allocateOutside(bytes: number): void {
    this.totalOutside += bytes;
    this.heldOutside += bytes;
    this.mostOutside = Math.max(this.mostOutside, this.heldOutside);
  }

  dropOutside(bytes: number): void {
    this.heldOutside -= bytes;
  }

  private collect(): void {
    const live = BASE + this.held;
    this.pause((live / 1e6) * PAUSE_MS_PER_MB);
    this.garbage = 0;
    this.majors++;
    this.liveAfterMajor = live;
    if (live > this.limit) this.exhausted = true;
  }
}

/** Alive without any request. */
const BASE = 8e6;
/** Of the limit. */
const COLLECT_AT = 0.9;
/** As V8: a collection comes when the heap has grown by half, and by no less than a young generation, */
const GROWTH = 1.5;
/** or, if it may fill further, when it is so many times as large, or half of the way to the limit is gone. */
const EXPANDED_GROWTH = 4;
const YOUNG = 16e6;
const PAUSE_MS_PER_MB = 0.25;
