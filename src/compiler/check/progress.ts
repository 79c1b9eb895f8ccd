import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Shows on a terminal how far a long task has come, in one line that is erased at the end; elsewhere it does nothing.
 * Writes to the descriptor, since in a worker thread `process.stderr` is not the terminal.
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

/** Less is done before anybody could read the line. */
const EVERY = 50;
