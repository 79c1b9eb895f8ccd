#!/usr/bin/env node
/**
 * Runs the integration tests: those that need programs which npm does not bring. Says what is missing and how to
 * install it.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const needed = { wrk: 'wrk', curl: 'curl', chromium: 'chromium' };
const missing = Object.keys(needed).filter((program) => !isThere(program));
if (missing.length > 0) {
  console.error(
    `missing: ${missing.join(', ')}. Install with: apt-get install -y ${missing.map((name) => needed[name]).join(' ')}`,
  );
  process.exit(1);
}
const { status } = spawnSync('npx', ['ava', '--config', 'test/integration/ava.config.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

function isThere(program) {
  return process.env.PATH.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
