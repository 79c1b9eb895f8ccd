import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ProgramDirectory, REGISTER } from './support/program-directory.js';

const ROOT = fileURLToPath(new URL('..', REGISTER));
const HEDDLE = fileURLToPath(new URL('./cli/main.js', REGISTER));

test('heddle run runs a program with the copy of heddle that it imports', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { Runtime, sleep } from 'heddle';
      function* waits() { yield* sleep(1); }
      export default function* app(runtime) {
        yield* waits();
        const places = runtime.snapshotNow().nodes.flatMap((node) => node.places);
        console.log(runtime instanceof Runtime, places.some((place) => place?.callee === 'waits'), ...process.argv.slice(2));
      }`,
    'fails.mjs': `import 'heddle'; throw new Error('on purpose');`,
  });
  const copy = join(program.path, 'node_modules/heddle');
  mkdirSync(copy, { recursive: true });
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  t.like(await program.node([HEDDLE, 'run', 'app.mjs', 'a', '--b']), { code: 0, stdout: 'true true a --b\n', stderr: '' });
  t.like(await program.node([HEDDLE, 'run', '--no-compile', 'app.mjs']), { code: 0, stdout: 'true false\n', stderr: '' });
  const { code, stderr } = await program.node([HEDDLE, 'run', 'fails.mjs']);
  t.deepEqual([code, stderr.match(/on purpose/g)?.length], [1, 2]);
});
