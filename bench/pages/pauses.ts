/** What Node's timers may be late by. A pause is that much longer at most; who is asked later than that is late. */
export const timerResolution = 1;

/**
 * Pauses of one length for thousands of clients. They end in the order in which they began, so that a queue and one timer
 * will do; and never early, as Node's own timers may, which count from the beginning of the event loop's turn.
 */
export class Pauses<T> {
  private readonly length: number;
  private readonly ended: (who: T, dueAt: number) => void;
  private queue: { readonly who: T; readonly dueAt: number }[] = [];
  private first = 0;
  private armed = false;

  /** `length` in ms; `ended` is told when the pause was to end. */
  constructor(length: number, ended: (who: T, dueAt: number) => void) {
    this.length = length;
    this.ended = ended;
  }

  begin(who: T): void {
    this.queue.push({ who, dueAt: performance.now() + this.length });
    this.arm();
  }

  /** Ends none of those that are under way. */
  forget(): void {
    this.queue = [];
    this.first = 0;
  }

  private arm(): void {
    if (this.armed || this.first === this.queue.length) return;
    this.armed = true;
    setTimeout(() => this.turn(), Math.ceil(this.queue[this.first]!.dueAt - performance.now()));
  }

  private turn(): void {
    this.armed = false;
    const now = performance.now();
    for (; this.first < this.queue.length; this.first++) {
      const { who, dueAt } = this.queue[this.first]!;
      if (dueAt > now) break;
      this.ended(who, dueAt);
    }
    // Now and then: moving the rest costs, and holding on to what is over costs memory.
    if (this.first >= 4096) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
    this.arm();
  }
}
