import test, { type ExecutionContext } from 'ava';
import * as compiled from '#src/compiled.js';
import { transform } from '#src/compiler/transform.js';
import * as active from './support/active-runtime.js';
import { readCorpus, type CorpusCase } from './support/corpus.js';
import { makeEvaluator, type Format } from './support/evaluate.js';
import * as inert from './support/inert-runtime.js';
import { asFiber, insideFiber, observe, type Program } from './support/observe.js';

interface Variant {
  readonly name: string;
  readonly runtime: Runtime;
  /** How the compiled program is run; the original always as the first variant runs it. */
  readonly as: (program: Program) => Program;
}

interface Runtime {
  readonly url: string;
  readonly exports: object;
}

const INERT: Runtime = { url: new URL('./support/inert-runtime.js', import.meta.url).href, exports: inert };
const ACTIVE: Runtime = { url: new URL('./support/active-runtime.js', import.meta.url).href, exports: active };
const REAL: Runtime = { url: import.meta.resolve('#src/compiled.js'), exports: compiled };

const itself = (program: Program): Program => program;
const DATA: readonly Variant[] = [
  { name: 'with an inert run-time half', runtime: INERT, as: itself },
  { name: 'with one that gives way to nothing', runtime: ACTIVE, as: itself },
  { name: 'outside of fibers', runtime: REAL, as: itself },
  { name: 'called by a fiber', runtime: REAL, as: insideFiber },
];
/** Several fibers take turns in another order once loops give way, as is their purpose. */
const FIBERS: readonly Variant[] = [
  { name: 'in a fiber', runtime: REAL, as: (program) => asFiber(program, { sliceMs: 2, recording: true }) },
];
const FIBER: readonly Variant[] = [
  ...FIBERS,
  { name: 'whose slice is over', runtime: REAL, as: (program) => asFiber(program, { sliceMs: 0, recording: true }) },
  { name: 'unrecorded', runtime: REAL, as: (program) => asFiber(program, { sliceMs: 0, recording: false }) },
];

const VARIANTS = { data: DATA, fiber: FIBER, fibers: FIBERS };

/** Caches of the run-time half are cold in the first run, and warm in the others. */
const RUNS = 3;

const evaluate = makeEvaluator();
test.after.always(() => evaluate.close());

for (const each of readCorpus())
  (each.knownLimit ? test.serial.failing : test.serial)(`${each.topic}: ${each.claim}`, async (t) => {
    for (const format of each.formats) await keepsMeaning(t, each, format);
  });

async function keepsMeaning(t: ExecutionContext, each: CorpusCase, format: Format): Promise<void> {
  const variants = VARIANTS[each.kind];
  const source = `${each.source}\n${format === 'module' ? 'export { main };' : 'exports.main = main;'}\n`;
  const expected = await observeRuns(source, format, null, variants[0]!.as);
  for (const { name, runtime, as } of variants) {
    const code = compile(t, source, format, runtime.url);
    t.is(code === null, each.alone, `${format}: ${code ?? 'left alone'}`);
    if (code === null) return;
    const seen = await observeRuns(code, format, runtime, as);
    t.deepEqual(seen, expected, `${format}, ${name}:\n${code}`);
  }
}

/** With both parsers, which must agree. */
function compile(t: ExecutionContext, source: string, format: Format, runtime: string): string | null {
  const file = format === 'module' ? 'case.mjs' : 'case.cjs';
  const [oxc, acorn] = (['oxc', 'acorn'] as const).map((parser) =>
    transform(source, { file, format, runtime, parser }),
  );
  t.is(oxc?.code, acorn?.code, 'the parsers disagree');
  t.is(oxc?.code.split('\n').length ?? 0, oxc === null ? 0 : source.split('\n').length + TRAILER_LINES);
  return oxc?.code ?? null;
}

const TRAILER_LINES = 1;

async function observeRuns(
  code: string,
  format: Format,
  runtime: Runtime | null,
  as: (program: Program) => Program,
): Promise<string[][]> {
  const { main } = await evaluate(code, format, runtime === null ? {} : { [runtime.url]: runtime.exports });
  const runs: string[][] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await observe(as(main as Program)));
  return runs;
}
