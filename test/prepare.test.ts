import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';

/** A package whose `build` leaves a file behind, with what stands for the compiler or without. */
function checkout(t: ExecutionContext, { compiler }: { readonly compiler: boolean }): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-prepare-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const build = `node -e "require('node:fs').writeFileSync('built', '')"`;
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'checkout', scripts: { build } }));
  copyFileSync('prepare.mjs', join(directory, 'prepare.mjs'));
  if (!compiler) return directory;
  const typescript = join(directory, 'node_modules', 'typescript');
  mkdirSync(typescript, { recursive: true });
  writeFileSync(join(typescript, 'package.json'), JSON.stringify({ name: 'typescript', main: 'index.js' }));
  writeFileSync(join(typescript, 'index.js'), '');
  return directory;
}

function prepare(cwd: string): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, ['prepare.mjs'], { cwd, encoding: 'utf8' });
}

test('a checkout with its devDependencies is built', (t) => {
  const directory = checkout(t, { compiler: true });
  t.is(prepare(directory).status, 0);
  t.true(existsSync(join(directory, 'built')));
});

test('without devDependencies what was built before stays, and without that it is said what to do', (t) => {
  const directory = checkout(t, { compiler: false });
  const fails = prepare(directory);
  t.is(fails.status, 1);
  t.regex(fails.stderr, /devDependencies are not installed. Run `npm ci`/);
  mkdirSync(join(directory, 'dist'));
  writeFileSync(join(directory, 'dist', 'index.js'), '');
  const stays = prepare(directory);
  t.is(stays.status, 0);
  t.regex(stays.stderr, /dist\/ is not rebuilt/);
  t.false(existsSync(join(directory, 'built')));
});
