import test from 'ava';
import fc from 'fast-check';
import * as compiled from '#src/compiled.js';
import { transform } from '#src/compiler/transform.js';
import { fuzzRuns } from '../support/fuzz.js';
import * as active from './support/active-runtime.js';
import * as inert from './support/inert-runtime.js';
import { MUTATIONS } from './support/mutations.js';
import { programTree } from './support/random-program.js';
import type { RenderOptions } from './support/render-expression.js';
import { renderProgram } from './support/render-program.js';
import { runAsData, runAsFibers, runCancelled, type Step } from './support/run-program.js';

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(fc.constantFrom('next', 'next', 'next', 'throw', 'return'), fc.nat({ max: 9 })) as fc.Arbitrary<Step>,
  { maxLength: 12 },
);

/** fast-check prints it with the seed when a property fails. */
class Source {
  readonly text: string;
  readonly compiled: string;

  constructor(text: string) {
    this.text = text;
    this.compiled = compile(text);
  }

  toString(): string {
    return `\n${this.text}\n--- compiled\n${this.compiled}\n`;
  }
}

function compile(text: string): string {
  return transform(text, { file: 'random.cjs', format: 'commonjs' })?.code ?? text;
}

function source(options: RenderOptions): fc.Arbitrary<Source> {
  return programTree.map((tree) => new Source(renderProgram(tree, options)));
}

/** `change` is what happens to compiled code before it runs. */
function asData(change: (code: string) => string = (code) => code) {
  return fc.property(source({ fiber: false, cancels: false }), steps, (program, taken) => {
    const expected = runAsData(program.text, {}, taken);
    const code = change(program.compiled);
    for (const runtime of [inert, active, compiled]) same(runAsData(code, runtime, taken), expected);
  });
}

test('random programs that are driven as data keep their meaning', (t) => {
  fc.assert(asData(), { numRuns: fuzzRuns(2000) });
  t.pass();
});

for (const [mistake, change] of Object.entries(MUTATIONS))
  test(`random programs find a compiler that ${mistake}`, (t) => {
    t.true(fc.check(asData(change), { numRuns: 500, endOnFailure: true }).failed);
  });

test('random programs that are run as fibers keep their meaning, deadlines included', async (t) => {
  await fc.assert(asFibers({ cancels: true, sliceMs: 2 }), { numRuns: fuzzRuns(300) });
  t.pass();
});

test('random programs that are run as fibers and give way in every loop keep their meaning', async (t) => {
  await fc.assert(asFibers({ cancels: false, sliceMs: 0 }), { numRuns: fuzzRuns(300) });
  t.pass();
});

test('random programs that are cancelled anywhere do all that is shielded, once', async (t) => {
  const program = source({ fiber: true, cancels: true, holds: true });
  await fc.assert(
    fc.asyncProperty(program, fc.nat({ max: 30 }), async ({ compiled: code }, turns) => {
      const held = await runCancelled(code, compiled, turns);
      if (held.some((times) => times !== 1)) throw new Error(`given back so often: ${held.join(' ')}`);
    }),
    { numRuns: fuzzRuns(50) },
  );
  t.pass();
});

/**
 * Two fibers that run the same program. Where none gives way they take turns as they did. Where they do they take other
 * turns, but each does what it did; not so with deadlines, since a loop that gives way is also where one can strike.
 */
function asFibers({ cancels, sliceMs }: { cancels: boolean; sliceMs: number }) {
  return fc.asyncProperty(source({ fiber: true, cancels }), fc.boolean(), async (program, recording) => {
    const expected = await runAsFibers(program.text, {}, { sliceMs, recording }, 2);
    for (let run = 0; run < 2; run++)
      same(await runAsFibers(program.compiled, compiled, { sliceMs, recording }, 2), expected);
  });
}

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map((x) => JSON.stringify(x, null, 1).split('\n'));
  const at = a!.findIndex((line, i) => line !== b![i]);
  if (at >= 0 || a!.length !== b!.length)
    throw new Error(
      `event ${at}: expected ${b![at]}, got ${a![at]}, after ${a!.slice(Math.max(0, at - 5), at).join('')}`,
    );
}
