import { readFileSync } from 'node:fs';
import test from 'ava';
import { heddle } from './command.js';
import { matchesGolden } from './golden.js';

for (const command of ['', 'check', 'explain', 'graph', 'ps', 'run', 'serve']) {
  test(`help on ${command === '' ? 'heddle' : command} reads as it did`, async (t) => {
    const named = command === '' ? [] : [command];
    const env = { COLUMNS: '80' };
    const { code, stdout, stderr } = await heddle([...named, '--help'], { env });
    t.deepEqual([code, stderr], [0, '']);
    matchesGolden(t, `help${command === '' ? '' : `-${command}`}.txt`, stdout);
    t.deepEqual(await heddle(['help', ...named], { env }), { code, stdout, stderr });
  });
}

test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  t.is((await heddle(['--version'])).stdout, `${version}\n`);
});
