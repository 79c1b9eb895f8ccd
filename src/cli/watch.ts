import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Shows what `draw` returns again and again: on a terminal in place, on the alternate screen, which is left at the end;
 * elsewhere one after another. Ends with SIGINT or SIGTERM, or when `draw` fails.
 *
 * @param draw gets the number of lines that fit, null without a terminal or with one that does not know its size; and a
 * signal that is aborted when its result is no longer wanted.
 */
export async function watch(
  everySeconds: number,
  draw: (rows: number | null, signal: AbortSignal) => Promise<string>,
): Promise<void> {
  const { stdout } = process;
  const stopped = new AbortController();
  const { signal } = stopped;
  const forget = onStop(() => stopped.abort());
  if (stdout.isTTY) stdout.write(ENTER);
  try {
    while (!signal.aborted) {
      const picture = await draw((stdout.isTTY && stdout.rows) || null, signal);
      if (signal.aborted) return;
      stdout.write(stdout.isTTY ? inPlace(picture, stdout.rows) : `${picture}\n`);
      await sleep(everySeconds * 1000, undefined, { signal }).catch(() => {});
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (stdout.isTTY) stdout.write(LEAVE);
    forget();
  }
}

/** Resolves when the process is told to stop, and keeps it alive until then. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, LONGEST_INTERVAL_MS);
    onStop(() => {
      clearInterval(alive);
      resolve();
    });
  });
}

const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/**
 * Calls `stop` at the first SIGINT or SIGTERM; a second one ends the process at once. Returns a function that undoes this.
 */
function onStop(stop: () => void): () => void {
  const forget = (): void => void process.off('SIGINT', once).off('SIGTERM', once);
  const once = (): void => {
    forget();
    stop();
  };
  process.on('SIGINT', once).on('SIGTERM', once);
  return forget;
}

/** The alternate screen, without a cursor, and with each line on one row: if one took two, the first would scroll away. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Overwrites line by line instead of clearing first, which would flicker. */
function inPlace(picture: string, rows: number): string {
  // A terminal that does not know its size says 0.
  const lines = picture
    .trimEnd()
    .split('\n')
    .slice(0, rows || Infinity);
  return `\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`;
}
