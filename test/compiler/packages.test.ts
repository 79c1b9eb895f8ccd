import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { compileFile, compilePackage, type Extent } from './support/compile-package.js';

/** Packages from the registry that are made of generators, or drive those of their users. */
interface Subject {
  /** The usage script: its name below `corpus/packages`. */
  readonly usage: string;
  /** What of which packages is compiled. */
  readonly packages: Readonly<Record<string, RegExp | null>>;
  /** It has no such generators itself and drives those of its users: here the script's. */
  readonly drives?: boolean;
}

const whole = (...names: string[]): Subject['packages'] => Object.fromEntries(names.map((name) => [name, null]));

const SUBJECTS: readonly Subject[] = [
  { usage: 'babel-core', packages: whole('@babel/core', 'gensync') },
  { usage: 'co', packages: whole('co'), drives: true },
  { usage: 'effect', packages: { effect: /^dist\/(internal\/)?[^/]+\.js$/ } },
  { usage: 'effection', packages: whole('effection') },
  { usage: 'fluent-iterable', packages: whole('fluent-iterable') },
  { usage: 'generatorics', packages: whole('generatorics') },
  { usage: 'gensync', packages: whole('gensync'), drives: true },
  { usage: 'iter-tools-es', packages: whole('iter-tools-es') },
  { usage: 'itiriri', packages: whole('itiriri') },
  { usage: 'lazy-collections', packages: whole('lazy-collections') },
  { usage: 'powerseq', packages: whole('powerseq') },
  { usage: 'redux-saga-core', packages: whole('@redux-saga/core'), drives: true },
  { usage: 'streaming-iterables', packages: whole('streaming-iterables') },
  { usage: 'thi-ng-transducers', packages: whole('@thi.ng/transducers') },
  { usage: 'wu', packages: whole('wu') },
  { usage: 'yaml', packages: whole('yaml') },
];

const repository = new URL('../../../', import.meta.url);
const driver = fileURLToPath(new URL('./support/drive-usage.js', import.meta.url));
const REAL = import.meta.resolve('#src/compiled.js');
const ACTIVE = new URL('./support/active-runtime.js', import.meta.url).href;

const directory = mkdtempSync(join(tmpdir(), 'heddle-packages-'));
test.before(() => symlinkSync(new URL('node_modules', repository), join(directory, 'node_modules')));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

for (const subject of SUBJECTS)
  test.serial(`${Object.keys(subject.packages).join(' and ')}: compiled and not, its usage is the same`, async (t) => {
    const script = new URL(`test/compiler/corpus/packages/${subject.usage}.mjs`, repository);
    const real = compileSubject(subject, script, REAL);
    const active = compileSubject(subject, script, ACTIVE);
    const { stdout } = await promisify(execFile)(process.execPath, [driver, script.href, real.url, active.url], {
      maxBuffer: 2 ** 26,
    });
    const outcome = JSON.parse(stdout) as Outcome;
    t.true(outcome.plain.length >= MIN_LINES, 'the script says little');
    t.deepEqual(outcome.outside, outcome.plain, 'outside of fibers');
    t.deepEqual(outcome.inside, outcome.plain, 'inside of a fiber');
    t.deepEqual(outcome.active, outcome.plain, 'giving way to nothing');
    t.log(`${describe(real.extent)}; usage: ${describe(real.own)}; ${outcome.entered} activations`);
    const functions = subject.drives ? real.own.functions : real.extent.functions;
    t.true(functions > 0);
    t.true(outcome.entered >= functions / 4, 'little of what is compiled was run');
  });

const MIN_LINES = 8;

/** What each way to run the script logged. */
interface Outcome {
  readonly plain: readonly string[];
  readonly outside: readonly string[];
  readonly inside: readonly string[];
  readonly active: readonly string[];
  /** Activations of compiled functions in the last. */
  readonly entered: number;
}

/** A directory with the packages and the script, all of them compiled. */
function compileSubject(
  { usage, packages }: Subject,
  script: URL,
  runtime: string,
): { url: string; extent: Extent; own: Extent } {
  const home = join(directory, runtime === REAL ? 'real' : 'active', usage);
  mkdirSync(home, { recursive: true });
  const extent: Extent = { files: 0, functions: 0, sites: 0, loops: 0 };
  const own: Extent = { ...extent };
  for (const [name, files] of Object.entries(packages)) {
    const from = fileURLToPath(new URL(`node_modules/${name}`, repository));
    compilePackage(from, join(home, 'node_modules', name), { files, runtime, extent });
  }
  const file = join(home, 'usage.mjs');
  writeFileSync(file, compileFile(readFileSync(script, 'utf8'), { file, type: 'module', runtime, extent: own }));
  return { url: pathToFileURL(file).href, extent, own };
}

function describe({ files, functions, sites, loops }: Extent): string {
  return `${functions} functions, ${sites} sites, ${loops} loops in ${files} files`;
}
