import { Growth } from './growth.js';
import { InherentTime } from './inherent-time.js';

/** Work of one kind: what is known of it, and how it fared. */
export class Kind {
  readonly name: string;
  readonly priority: number;
  /** It waits for as long as it takes. */
  readonly patient: boolean;
  /** Names its fibers, and so its part of the graph. */
  readonly body: Function;
  /** The index of the node where its fibers start; null before the first. */
  start: number | null = null;
  live: number = 0;
  offered: number = 0;
  admitted: number = 0;
  finished: number = 0;
  refused: number = 0;
  withdrawn: number = 0;
  /** Why it was not let in when it was last asked about; null if it was. */
  obstacle: string | null = null;
  /** When it last had to wait because too little was known to let it in. */
  startingAt: number = -Infinity;
  /** Work offered recently, decaying with each tick. */
  rate: number = 0;
  /**
   * The first kind of this name, which stands for them all where fibers are counted: two entries may have kinds of the same
   * name, as servers of the same routes at two ports do, and of a fiber only the name is known.
   */
  first: Kind = this;
  /** The share of the processor that it may use whatever others still need; kept by the first. */
  fairShare: number = 1;
  /** Whether it had to wait for the processor since the last tick; kept by the first. */
  waited: boolean = false;
  /** Processor time, in ms, that live fibers of its name are still going to use; kept by the first. */
  outstandingMs: number = 0;
  /** Its fibers have started others; kept by the first. */
  startsOthers: boolean = false;
  /** Descriptors that one of its fibers holds on average while it lives. */
  descriptors: number = 0;
  /** How long it takes by nature, without queueing for the processor. */
  readonly inherent: InherentTime = new InherentTime();
  /** How much of it may be under way while it is not known whether that is too much. */
  readonly growth: Growth = new Growth();
  /** Some of it had ended when the last prediction was made. */
  isKnown: boolean = false;
  /** How many pieces of it have ended since the last one that was answered in time. */
  late: number = 0;
  private seen: number = 0;

  constructor(name: string, priority: number, patient: boolean = false) {
    this.name = name;
    this.patient = patient;
    // The program's own code sets it: a value that is no share must not end the process at the next tick.
    this.priority = priority > 0 ? Math.min(Math.max(priority, 1e-3), 1e3) : 1;
    this.body = Object.defineProperty(() => {}, 'name', { value: name });
  }

  /** Work that does not wait for long was not let in when it was last asked about. */
  get isKeptWaiting(): boolean {
    return !this.patient && this.obstacle !== null;
  }

  /** None of it is answered in time of late. What may wait for as long as it takes is not late. */
  get isLate(): boolean {
    return !this.patient && this.late >= ALL_LATE;
  }

  /** It may be meant to last, like a stream: none has ended yet, or all take longer than the goal by nature. */
  mayLast(goalMs: number): boolean {
    return this.inherent.ms === 0 || this.inherent.ms > goalMs;
  }

  tick(decay: number): void {
    this.rate = this.rate * decay + (this.offered - this.seen);
    this.seen = this.offered;
    this.isKnown = this.finished > 0;
  }
}

/** Where one piece in five is answered in time, so many in a row are late once in two hundred times. */
const ALL_LATE = 24;
