import { openSync, writeSync } from 'node:fs';
import { describeProvenance, provenance, type ProvenanceLine } from './provenance.js';
import { UsageError } from './usage-error.js';

/** Where results go. */
export interface Output {
  readonly json?: (text: string) => void;
  readonly table?: (text: string) => void;
}

/**
 * JSON for machines, tables for people, never both into one stream; both begin with
 * where the figures come from. `path` is what `--json` says.
 *
 * @throws {UsageError} if that cannot be written.
 */
export function openOutput(path: string | undefined): Output {
  const output = streams(path);
  const from = provenance();
  output.json?.(`${JSON.stringify({ provenance: from } satisfies ProvenanceLine)}\n`);
  output.table?.(`${describeProvenance(from)}\n`);
  return output;
}

function streams(path: string | undefined): Output {
  const out = (text: string) => void process.stdout.write(text);
  const error = (text: string) => void process.stderr.write(text);
  if (path === undefined && process.stdout.isTTY) return { table: out };
  if (path === undefined || path === '-') return { json: out, ...(process.stderr.isTTY && { table: error }) };
  return { json: writeLines(path), table: out };
}

/**
 * Each text is in the file when the call returns: a run that is interrupted leaves what it has measured.
 *
 * @throws {UsageError} if there can be no such file.
 */
export function writeLines(path: string): (text: string) => void {
  const file = writing(path, () => openSync(path, 'w'));
  return (text) => void writeSync(file, text);
}

/** @throws {UsageError} if `write` cannot. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new UsageError(`Cannot write \`${path}\`: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** On a terminal one line that is overwritten; elsewhere a line for each step. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}
