/** Calls `what` in `ms`, without keeping the process alive for it. */
export type Later = (ms: number, what: () => void) => void;

/**
 * What goes wrong in every request would be printed for every request. So of what is the same only the first is printed, and
 * then, every ten seconds and at the end of the process, how often it has come since. After ten seconds without it the next one
 * is a first one again.
 */
export class Repeats {
  private readonly told: Map<string, Told> = new Map();
  private readonly later: Later;
  private readonly print: (line: string) => void;

  constructor(later: Later, print: (line: string) => void) {
    this.later = later;
    this.print = print;
  }

  /**
   * Calls `first`, which prints `text` in full, unless that was printed lately, be it of another fiber.
   *
   * @param subject what it happened to, such as a request, if that differs from one to the next.
   */
  tell(text: string, first: () => void, subject: string | null = null): void {
    const key = text.replace(FIBER_NUMBERS, '');
    const told = this.told.get(key);
    if (told !== undefined) {
      told.more++;
      told.last = subject;
      return;
    }
    if (this.told.size === 0) this.later(SPAN_MS, this.spanOver);
    if (this.told.size < MOST) this.told.set(key, { more: 0, last: subject });
    first();
  }

  /** Prints what has been counted so far. */
  sumUp(): void {
    for (const [text, told] of this.told) {
      if (told.more === 0) continue;
      const last = told.last === null ? '' : `, the last time for ${told.last}`;
      const times = told.more === 1 ? 'once' : `${told.more.toLocaleString('en')} times`;
      this.print(`heddle: ${times} more within ${SPAN_MS / 1000} s${last}: ${text.split('\n', 1)[0]}`);
      told.more = 0;
    }
  }

  private readonly spanOver = (): void => {
    for (const [text, { more }] of this.told) if (more === 0) this.told.delete(text);
    if (this.told.size > 0) this.later(SPAN_MS, this.spanOver);
    this.sumUp();
  };
}

interface Told {
  /** How often it was told since it was last printed, and what of. */
  more: number;
  last: string | null;
}

/** As in `fiber 17 (handler)`. */
const FIBER_NUMBERS = /(?<=\bfiber) \d+/gi;
const SPAN_MS = 10_000;
/** Different texts that are remembered; beyond, all are printed. */
const MOST = 1000;
