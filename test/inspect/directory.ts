import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for sockets of this test file alone, short enough for a socket's address. Removed when the process ends. */
export function useOwnRuntimeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-test-'));
  process.env['XDG_RUNTIME_DIR'] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
