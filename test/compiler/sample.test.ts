import { readFileSync } from 'node:fs';
import test from 'ava';
import { transformSync } from 'esbuild';
import { transform } from '#src/compiler/transform.js';
import { fixture, matchesGolden } from '../cli/golden.js';
import { makeEvaluator } from './support/evaluate.js';

const SOURCE = readFileSync(fixture('sample-server.ts.txt'), 'utf8');

test('the instrumented sample', (t) => {
  matchesGolden(t, 'instrumented.txt', transform(SOURCE, { file: 'sample-server.ts', format: 'module' })!.code);
});

/** What the sample answers to a client that sends these lines. */
async function session(code: string): Promise<unknown> {
  const evaluate = makeEvaluator();
  try {
    const { code: javascript } = transformSync(code, { loader: 'ts' });
    const { serve, Store } = (await evaluate(javascript, 'module')) as unknown as Sample;
    const lines = ['set a 1; set b 2', 'get a;; get b', 'set c 3; get a; get c', 'sum 1,2,3'];
    const written: string[] = [];
    const connection = {
      name: 'client',
      *read() {
        yield* [];
        return lines.shift() ?? null;
      },
      *write(text: string) {
        yield* [];
        written.push(text);
      },
    };
    const { value, done } = serve(connection, new Store()).next();
    return { value, done, written };
  } finally {
    evaluate.close();
  }
}

interface Sample {
  readonly serve: (connection: object, store: object) => Iterator<unknown>;
  readonly Store: new () => object;
}

test('the sample answers the same whether compiled or not', async (t) => {
  const expected = {
    value: 7,
    done: true,
    written: ['1', '2', '1', '3', 'nothing', '3', '6'].map((answer) => `client: ${answer}\n`).concat('bye'),
  };
  t.deepEqual(await session(SOURCE), expected);
  for (const half of ['inert', 'active']) {
    const runtime = new URL(`./support/${half}-runtime.js`, import.meta.url).href;
    const { code } = transform(SOURCE, { file: 'sample-server.ts', format: 'module', runtime })!;
    t.deepEqual(await session(code), expected, half);
  }
});
