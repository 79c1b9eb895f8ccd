import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * All that tests put into the directory for temporary files, and do not remove where AVA ends them: it takes too long, or is
 * interrupted. Its name is short since the paths of sockets are; other users may enter it, as some tests run programs of theirs.
 */
const TMPDIR = mkdtempSync(join(tmpdir(), 'hd-'));
chmodSync(TMPDIR, 0o1777);
process.once('exit', () => rmSync(TMPDIR, { recursive: true, force: true, maxRetries: 3 }));
process.once('SIGTERM', () => process.exit(143));

export default {
  files: ['build/test/**/*.test.js'],
  require: ['./build/test/support/fuzz.js'],
  environmentVariables: { TMPDIR },
  timeout: '120s',
  workerThreads: false,
};
