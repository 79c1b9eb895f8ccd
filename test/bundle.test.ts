import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { build } from 'esbuild';

/** `build/test/bundle.test.js` stands two levels below the root of the package. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'heddle-whole-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const PROGRAM = `import { Runtime, sleep } from 'heddle';

const runtime = new Runtime();

function deep() {
  throw new Error('boom');
}

function* handler() {
  yield* sleep(1);
  deep();
}

runtime.run(handler).catch(({ stack }) => {
  console.log(JSON.stringify({ heddle: runtime.snapshotNow().process.heddle, stack: stack.split('\\n') }));
});
`;

for (const format of ['esm', 'cjs'] as const) {
  test(`a program that contains heddle (${format}) runs where nothing of heddle is installed`, async (t) => {
    const source = join(directory, format);
    mkdirSync(join(source, 'node_modules'), { recursive: true });
    symlinkSync(ROOT, join(source, 'node_modules/heddle'));
    writeFileSync(join(source, 'program.mjs'), PROGRAM);
    // What is beside and above it has no `package.json`.
    const outfile = join(directory, `${format}-out/app/program.${format === 'esm' ? 'mjs' : 'cjs'}`);
    await build({
      entryPoints: [join(source, 'program.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'error',
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
    const { heddle, stack } = JSON.parse(stdout) as { heddle: string; stack: string[] };
    t.is(heddle, (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version);
    // The calls of the program are in the same file as the runtime's.
    t.deepEqual(
      stack.slice(0, 3).map((line) => line.replace(/ \(.*\)$/, '')),
      ['Error: boom', '    at deep', '    at handler'],
    );
    t.is(stack.at(-1), '    at fiber 0 handler');
  });
}
