import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The modules of Effect 3 that have the names of those which the door imports, with the exports that it imports by name. */
const EFFECT_3: Readonly<Record<string, string>> = {
  Cause: '',
  Clock: 'export const Clock = {};',
  Context: '',
  Duration: '',
  Effect: 'export const runFork = () => {};',
  Exit: '',
  Option: '',
  Scheduler: 'export class MixedScheduler {}',
  Schema: '',
  Scope: '',
  Tracer: 'export const ParentSpan = {};',
};

test('the door for Effect says that it is for Effect 4 where version 3 is installed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-effect-'));
  try {
    const effect = join(folder, 'node_modules/effect');
    mkdirSync(effect, { recursive: true });
    const heddle = join(folder, 'node_modules/heddle');
    mkdirSync(heddle);
    // Not the whole of it: its own `node_modules` would come first.
    for (const part of ['dist', 'package.json']) symlinkSync(join(ROOT, part), join(heddle, part));
    const exports = Object.fromEntries(Object.keys(EFFECT_3).map((name) => [`./${name}`, `./${name}.js`]));
    writeFileSync(join(effect, 'package.json'), JSON.stringify({ name: 'effect', type: 'module', exports }));
    for (const [name, text] of Object.entries(EFFECT_3)) writeFileSync(join(effect, `${name}.js`), text);
    const main = join(folder, 'main.mjs');
    writeFileSync(main, "import('heddle/effect').catch(({ code, message }) => console.log(code, message));");
    const said = execFileSync(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', main], {
      encoding: 'utf8',
    });
    t.regex(said, /^ERR_HEDDLE_MISUSE .*needs Effect 4/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
