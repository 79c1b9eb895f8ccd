import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Shows on a terminal how far a long work is, in one line that goes away at the end; elsewhere nothing. Also from a thread,
 * whose streams are none of a terminal.
 */
export function progress(what: string, total: number): { step(): void; end(): void } {
  let done = 0;
  if (!isatty(2)) return { step() {}, end() {} };
  return {
    step() {
      if (++done % EVERY === 0) writeSync(2, `\r${what} ${done} of ${total}`);
    },
    end() {
      if (done >= EVERY) writeSync(2, '\r\x1b[K');
    },
  };
}

/** Below, the work is done before anybody could read the line. */
const EVERY = 50;
