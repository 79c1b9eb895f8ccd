import { spawnSync } from 'node:child_process';
import { UsageError } from '../harness/usage-error.js';

/**
 * Servers would not start with them, one after the other.
 *
 * @throws {UsageError} if Node does not take `flags`.
 */
export function checkNodeFlags(flags: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [...flags, '--eval', '0'], { encoding: 'utf8' });
  if (status === 0) return;
  const complaint = stderr.split('\n').find((line) => line.includes('bad option')) ?? stderr;
  throw new UsageError(`Node does not take \`--node-flags=${flags.join(' ')}\`: ${complaint.trim()}`);
}
