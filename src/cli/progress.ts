/** Shows on a terminal how far a long work is, in one line that goes away at the end; elsewhere nothing. */
export function progress(what: string, total: number): { step(): void; end(): void } {
  const { stderr } = process;
  let done = 0;
  if (!stderr.isTTY) return { step() {}, end() {} };
  return {
    step() {
      if (++done % EVERY === 0) stderr.write(`\r${what} ${done} of ${total}`);
    },
    end() {
      if (done >= EVERY) stderr.write('\r\x1b[K');
    },
  };
}

/** Below, the work is done before anybody could read the line. */
const EVERY = 50;
