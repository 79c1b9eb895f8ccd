import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Shows what `draw` returns again and again: on a terminal in place, on a screen of its own that is taken down at the
 * end; elsewhere one after another. Ends by SIGINT or SIGTERM, or when `draw` fails.
 */
export async function watch(everySeconds: number, draw: () => Promise<string>): Promise<void> {
  const { stdout } = process;
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  const { signal } = stopped;
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (stdout.isTTY) stdout.write(ENTER);
  try {
    while (!signal.aborted) {
      const picture = await draw();
      if (signal.aborted) return;
      stdout.write(stdout.isTTY ? inPlace(picture, stdout.rows) : `${picture}\n`);
      await sleep(everySeconds * 1000, undefined, { signal }).catch(() => {});
    }
  } finally {
    if (stdout.isTTY) stdout.write(LEAVE);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** The alternate screen, without a cursor. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** Overwrites line by line instead of clearing first, which would flicker. */
function inPlace(picture: string, rows: number): string {
  // A terminal that does not know its size says 0.
  const lines = picture
    .trimEnd()
    .split('\n')
    .slice(0, rows || Infinity);
  return `\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`;
}
