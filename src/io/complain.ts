import { setTimeout } from 'node:timers';
import { Repeats } from '../base/repeats.js';

/**
 * Calls `print`, which prints `text` to standard error, unless it was printed just now: then that is counted (`Repeats`).
 *
 * @param subject what it happened to, if that differs from one time to the next.
 */
export function complain(text: string, print: () => void, subject: string | null = null): void {
  if (repeats === null) {
    const all = (repeats = new Repeats(later, (line) => void process.stderr.write(`${line}\n`)));
    process.once('exit', () => all.sumUp());
  }
  repeats.tell(text, print, subject);
}

let repeats: Repeats | null = null;

function later(ms: number, what: () => void): void {
  setTimeout(what, ms).unref();
}
