import { setTimeout } from 'node:timers';
import { Repeats } from '../base/repeats.js';

/**
 * Calls `first`, which prints `text` to standard error, unless it was printed just now: then that is counted (`Repeats`).
 *
 * @param subject what it happened to, if that differs from one time to the next.
 */
export function complain(text: string, first: () => void, subject: string | null = null): void {
  const all = (repeats ??= begin());
  quietly(() => all.tell(text, first, subject));
}

let repeats: Repeats | undefined;

function begin(): Repeats {
  const all = new Repeats(later, (line) => quietly(() => console.error(line)));
  process.once('exit', () => all.sumUp());
  return all;
}

/** What a program has put in the place of `console` may throw: then nobody is left to tell, and the program goes on. */
function quietly(print: () => void): void {
  try {
    print();
  } catch {
    // Nothing else can be done about it.
  }
}

function later(ms: number, what: () => void): void {
  setTimeout(what, ms).unref();
}
