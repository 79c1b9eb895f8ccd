import { inspect } from 'node:util';
import { run, until, yieldNow } from 'heddle';
import { tally } from './active-runtime.js';

/**
 * A program of its own, `node drive-usage.js PLAIN COMPILED ACTIVE`: runs a usage script as it is, compiled outside and
 * inside of a fiber whose slice is always over, and compiled for the run-time half that gives way to nothing. Prints
 * what each logs.
 */
type Usage = (log: (...values: unknown[]) => void) => unknown;

async function load(url: string | undefined): Promise<Usage> {
  return ((await import(url!)) as { default: Usage }).default;
}

async function linesOf(body: (log: (...values: unknown[]) => void) => unknown): Promise<string[]> {
  const lines: string[] = [];
  const show = (value: unknown): string => inspect(value, { depth: 8, maxArrayLength: null });
  await body((...values) => void lines.push(values.map(show).join(' ')));
  return lines;
}

const [, , plain, compiled, active] = process.argv;
const usage = await load(compiled);
const outcome = {
  plain: await linesOf(await load(plain)),
  outside: await linesOf(usage),
  inside: await linesOf((log) =>
    run(
      function* () {
        yield* yieldNow();
        yield* until(Promise.resolve(usage(log)));
      },
      { sliceMs: 0 },
    ),
  ),
  active: await linesOf(await load(active)),
};
process.stdout.write(JSON.stringify({ ...outcome, entered: tally.entered }));
