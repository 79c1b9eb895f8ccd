import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test from 'ava';
import * as heddle from 'heddle';
import { thrownBy } from '../support/thrown-by.js';

async function copied(): Promise<typeof heddle> {
  const home = mkdtempSync(join(tmpdir(), 'copy-'));
  cpSync(fileURLToPath(new URL('.', import.meta.resolve('heddle'))), join(home, 'dist'), { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  return (await import(pathToFileURL(join(home, 'dist/index.js')).href)) as typeof heddle;
}

test('a fiber that waits for another copy of heddle is told that there are two', async (t) => {
  const copy = await copied();
  t.not(copy.sleep, heddle.sleep);
  const name =
    /^MisuseError: `(sleep|yield|spawn|now)\w*` was reached by a fiber of another copy of heddle.* `npm ls heddle`/;
  for (const [one, other] of [
    [heddle, copy],
    [copy, heddle],
  ] as const)
    await one.run(function* () {
      t.regex(String(yield* thrownBy(other.sleep(1))), name);
      t.regex(String(yield* thrownBy(other.yieldNow())), name);
      t.regex(String(t.throws(() => other.now())), name);
      t.regex(String(t.throws(() => other.spawn(other.sleep, 1)[Symbol.iterator]().next())), name);
      // As any promise of foreign code.
      t.is(
        yield* one.until(
          other.run(function* () {
            yield* other.sleep(1);
            return 'done';
          }),
        ),
        'done',
      );
    });
  t.regex(t.throws(() => copy.now())!.message, /works only inside a fiber/);
});
