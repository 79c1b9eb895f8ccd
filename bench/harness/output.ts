import { openSync, writeSync } from 'node:fs';

/** Where results go. */
export interface Output {
  readonly json?: (text: string) => void;
  readonly table?: (text: string) => void;
}

/**
 * JSON for machines, tables for people, never both into one stream. `path` is what `--json` says.
 *
 * @throws if that cannot be written.
 */
export function openOutput(path: string | undefined): Output {
  const out = (text: string) => void process.stdout.write(text);
  const error = (text: string) => void process.stderr.write(text);
  if (path === undefined && process.stdout.isTTY) return { table: out };
  if (path === undefined || path === '-') return { json: out, ...(process.stderr.isTTY && { table: error }) };
  const file = openSync(path, 'w');
  return { json: (text) => void writeSync(file, text), table: out };
}

/** On a terminal one line that is overwritten; elsewhere a line for each step. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}
