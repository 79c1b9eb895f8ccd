import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { readCache } from '#src/compiler/loader/code-cache.js';
import { hasSoundHooks, readsByFs } from '#src/compiler/loader/node-abilities.js';
import { commonJs, esm, ProgramDirectory, REGISTER, TSX, typed, QUIET } from './support/program-directory.js';

/** The file with the program's compiled code. */
function cacheFile(directory: string): string {
  const version = readdirSync(directory).find((name) => name !== 'swept')!;
  return join(directory, version, readdirSync(join(directory, version))[0]!);
}

const FILES = { 'app.mjs': `import './b.cjs';\n${esm('app')}`, 'b.cjs': commonJs('b') };
const SAYS = 'b compiled 1\napp compiled 1\n';

/** Says whether the parser is there, in whatever thread. */
const PARSER = `
import { readFileSync } from 'node:fs';
console.log(/\\/(?:parser|oxc)[^/]*\\.node$/m.test(readFileSync('/proc/self/maps', 'utf8')));
`;

/** Only Linux tells which libraries a process has loaded. */
const parserTest = process.platform === 'linux' ? test : test.skip;
// Some versions of Node between the old hooks and the sound ones ask in a thread of hooks, which looks at nothing ahead.
const aheadTest = hasSoundHooks || readsByFs ? test : test.skip;

parserTest('the second start does not load the parser, and runs the same code', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'app.mjs': FILES['app.mjs'] + PARSER });
  t.is((await program.run('app.mjs')).stdout, `${SAYS}true\n`);
  t.is((await program.run('app.mjs')).stdout, `${SAYS}false\n`);
  // A module that has changed is compiled anew, and the others are not.
  program.write({ 'b.cjs': commonJs('c') });
  t.is((await program.run('app.mjs')).stdout, `${SAYS.replace('b', 'c')}true\n`);
  t.is((await program.run('app.mjs')).stdout, `${SAYS.replace('b', 'c')}false\n`);
});

parserTest('modules in which there is nothing to do are remembered too', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `function* data() { yield 1; }\nconsole.log(...data());${PARSER}`,
  });
  t.is((await program.run('app.mjs')).stdout, '1\ntrue\n');
  t.is((await program.run('app.mjs')).stdout, '1\nfalse\n');
});

aheadTest(
  'a program in which nothing is compiled leaves a file all the same, so that its next start is not the first',
  async (t) => {
    const program = new ProgramDirectory(t, { 'app.mjs': `console.log(1);` });
    t.is((await program.run('app.mjs')).stdout, '1\n');
    t.is(statSync(cacheFile(program.cache)).size, 0);
  },
);

test('what is compiled ahead is what runs, also where another tool changes it first', async (t) => {
  const files = { 'app.mts': `import './b.mts';\n${typed(esm('app'))}`, 'b.mts': typed(esm('b')) };
  const program = new ProgramDirectory(t, files);
  const { stdout } = await program.node([...QUIET, '--import', TSX, '--import', REGISTER, 'app.mts']);
  t.is(stdout, SAYS);
});

parserTest('TypeScript that was stripped is remembered', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.ts': `import './plain.ts';\n${typed(esm('app'))}${PARSER}`,
    // Whether Node has loaded its own stripper.
    'plain.ts': `console.log(process.moduleLoadList.some((name: string) => name.includes('amaro')) as boolean);`,
  });
  const start = async (): Promise<string> => (await program.node([...QUIET, '--import', REGISTER, 'app.ts'])).stdout;
  t.is(await start(), 'false\napp compiled 1\ntrue\n');
  t.is(await start(), 'false\napp compiled 1\nfalse\n');
});

test('a start with a debugger or source maps has code of its own', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  await program.run('app.mjs');
  // A thread of hooks does not know whether there is a debugger.
  if (hasSoundHooks || readsByFs) t.false(readFileSync(cacheFile(program.cache), 'utf8').includes('sourceMappingURL='));
  const { stdout } = await program.node(['--enable-source-maps', '--import', REGISTER, 'app.mjs']);
  t.is(stdout, SAYS);
  t.is((await program.run('app.mjs')).stdout, SAYS);
});

test('a cache that is damaged is mended', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  await program.run('app.mjs');
  const file = cacheFile(program.cache);
  const whole = readFileSync(file);
  const damages: [string, Buffer][] = [
    ['its end is missing', whole.subarray(0, whole.length - 10)],
    ['its beginning is missing', whole.subarray(10)],
    ['it is something else', Buffer.from('{"key":1}\n\0\n'.repeat(9))],
    ['it is empty', Buffer.alloc(0)],
    ['it has zeros', Buffer.alloc(whole.length)],
    ['something was written behind it', Buffer.concat([whole, Buffer.from('{"key"')])],
  ];
  for (const [what, bytes] of damages) {
    writeFileSync(file, bytes);
    const { stdout, stderr } = await program.run('app.mjs');
    t.deepEqual([stdout, stderr], [SAYS, ''], what);
    if (what === 'something was written behind it') continue;
    t.deepEqual(sorted(readFileSync(file)), sorted(whole), what);
  }
});

/** A limit of the shell's on how long a file may be stands for a full disk; Windows has none. */
const fullTest = process.platform === 'win32' ? test.skip : test;

fullTest('where there is no room nothing is left behind', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'large.mjs': `//${'x'.repeat(20_000)}\n${esm('large')}` });
  await program.run('large.mjs');
  const version = dirname(cacheFile(program.cache));
  const [name = ''] = readdirSync(version);
  appendFileSync(join(version, name), 'what has to be removed');
  program.write({ 'large.mjs': `//${'x'.repeat(20_000)}\n${esm('large')}//` });
  const { stdout, stderr } = await program.runLimited('large.mjs');
  t.deepEqual([stdout, stderr], ['large compiled 1\n', '']);
  t.deepEqual(readdirSync(version), [name]);
});

/** Records may be in another order. */
function sorted(bytes: Buffer): string[] {
  return bytes
    .toString()
    .split(/^(?=\{"key":)/m)
    .sort();
}

test('what was compiled from other texts does not pile up', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  await program.run('app.mjs');
  const { size } = statSync(cacheFile(program.cache));
  for (let i = 0; i < 5; i++) {
    program.write({ 'b.cjs': `${commonJs('b')}// ${i}`, 'app.mjs': `${FILES['app.mjs']}// ${i}` });
    t.is((await program.run('app.mjs')).stdout, SAYS);
  }
  t.true(statSync(cacheFile(program.cache)).size < size * 4);
});

test('processes that start at once do not get in each other’s way', async (t) => {
  const names = Array.from({ length: 20 }, (_, i) => `m${i}`);
  const program = new ProgramDirectory(t, {
    'app.mjs': names.map((name) => `import './${name}.mjs';`).join('\n') + PARSER.replace(/console.*/, ''),
    ...Object.fromEntries(names.map((name) => [`${name}.mjs`, esm(name)])),
  });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => program.run('app.mjs')));
  const expected = names.map((name) => `${name} compiled 1\n`).join('');
  for (const { stdout, stderr } of outcomes) t.deepEqual([stdout, stderr], [expected, '']);
  t.is((await program.run('app.mjs')).stdout, expected);
});

test('only the user can read it', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  await program.run('app.mjs');
  const file = cacheFile(program.cache);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(join(file, '..')).mode & 0o777, 0o700);
  // A directory that others can write to is not trusted: its code would be run.
  chmodSync(join(file, '..'), 0o777);
  writeFileSync(file, '');
  t.is((await program.run('app.mjs')).stdout, SAYS);
  t.is(statSync(file).size, 0);
});

/** On Windows others can write to no directory of a user's. */
const othersTest = process.platform === 'win32' ? test.skip : test;

othersTest('nothing is kept where others could put something else in its place', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'tmp/x': '', file: '' });
  const tmp = join(program.path, 'tmp');
  const place = join(tmp, `heddle-cache-${process.getuid!()}`);
  const env = { HEDDLE_CACHE: '', XDG_CACHE_HOME: '', HOME: join(program.path, 'file'), TMPDIR: tmp };
  /** What is below the place after a start. */
  const kept = async (): Promise<string[]> => {
    const { stdout, stderr } = await program.run('app.mjs', { env });
    t.deepEqual([stdout, stderr], [SAYS, '']);
    return readdirSync(place);
  };
  mkdirSync(place);
  // Anybody can make it before we do, for us to put our directory into it.
  for (const mode of [0o777, 0o722]) {
    chmodSync(place, mode);
    t.deepEqual(await kept(), [], mode.toString(8));
  }
  chmodSync(place, 0o700);
  chmodSync(tmp, 0o777);
  t.deepEqual(await kept(), [], 'above it everybody can rename it');
  // So it is in `/tmp`, where nobody can rename what is not theirs.
  chmodSync(tmp, 0o1777);
  t.is((await kept()).length, 2);
});

othersTest(
  'a directory in HEDDLE_CACHE that others can write to is refused, unless they cannot rename there',
  async (t) => {
    const program = new ProgramDirectory(t, FILES);
    mkdirSync(program.cache);
    chmodSync(program.cache, 0o777);
    const refused = await program.run('app.mjs');
    t.is(refused.stdout, SAYS);
    t.regex(refused.stderr, /^heddle: compiled code is not kept: HEDDLE_CACHE=.*\n$/);
    t.deepEqual(readdirSync(program.cache), []);
    chmodSync(program.cache, 0o1777);
    t.deepEqual(await program.run('app.mjs'), { code: 0, stdout: SAYS, stderr: '' });
    t.true(existsSync(cacheFile(program.cache)));
  },
);

othersTest('links in the place of files of the cache are not followed', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, precious: 'precious' });
  const precious = join(program.path, 'precious');
  utimesSync(precious, 0, 0);
  const untouched = async (what: string): Promise<void> => {
    const { stdout, stderr } = await program.run('app.mjs');
    t.deepEqual([stdout, stderr, readFileSync(precious, 'utf8')], [SAYS, '', 'precious'], what);
  };
  await program.run('app.mjs');
  const file = cacheFile(program.cache);
  const swept = join(program.cache, 'swept');
  rmSync(swept);
  symlinkSync(precious, swept);
  program.write({ 'b.cjs': `${commonJs('b')}// changed` });
  await untouched('the mark of the last sweep');
  renameSync(file, `${file}.moved`);
  symlinkSync(precious, file);
  await untouched('the file');
  // Nor is a file emptied that only has the name of the mark.
  rmSync(swept);
  writeFileSync(swept, 'holidays');
  utimesSync(swept, 0, 0);
  rmSync(file);
  await untouched('nothing');
  t.is(readFileSync(swept, 'utf8'), 'holidays');
});

/** Who else can give away files? */
const rootTest = process.getuid?.() === 0 ? test : test.skip;

rootTest('what belongs to somebody else is not run', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'elsewhere/x': '', 'tmp/x': '', file: '' });
  const somebody = 1234;
  await program.run('app.mjs');
  const file = cacheFile(program.cache);
  const { bytes, records } = readCache(file);
  for (const { text, source } of records.values())
    bytes.write("'enslaved'", bytes.indexOf("'compiled'", text + source));
  writeFileSync(file, bytes);
  t.is((await program.run('app.mjs')).stdout, SAYS.replaceAll('compiled', 'enslaved'));
  chownSync(file, somebody, somebody);
  t.is((await program.run('app.mjs')).stdout, SAYS);
  // A link among the temporary files, from somebody else to something of ours.
  const tmp = join(program.path, 'tmp');
  chmodSync(tmp, 0o1777);
  const place = join(tmp, 'heddle-cache-0');
  symlinkSync(join(program.path, 'elsewhere'), place);
  lchownSync(place, somebody, somebody);
  const env = { HEDDLE_CACHE: '', XDG_CACHE_HOME: '', HOME: join(program.path, 'file'), TMPDIR: tmp };
  t.is((await program.run('app.mjs', { env })).stdout, SAYS);
  t.deepEqual(readdirSync(join(program.path, 'elsewhere')), ['x']);
});

test('HEDDLE_CACHE=0 means no cache, and nothing else', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  const { stdout, stderr } = await program.run('app.mjs', { env: { HEDDLE_CACHE: '0' } });
  t.deepEqual([stdout, stderr], [SAYS, '']);
  t.false(existsSync(program.cache));
});

test('a directory that cannot be made means no cache, and one line that says so', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  // Node's own `mkdir` with all that is above tries for ever to make something there.
  const unmakable = process.platform === 'linux' ? ['/proc/cache', '/proc/cache/below'] : [];
  for (const HEDDLE_CACHE of [join(program.path, 'app.mjs/cache'), ...unmakable]) {
    const { stdout, stderr } = await program.run('app.mjs', { env: { HEDDLE_CACHE } });
    t.is(stdout, SAYS);
    t.regex(stderr, /^heddle: compiled code is not kept: HEDDLE_CACHE=.*\n$/);
    t.true(stderr.includes(HEDDLE_CACHE));
  }
});

test('it is where the user has such things, or among the temporary files', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'tmp/x': '', file: '' });
  const at = (name: string): string => join(program.path, name);
  const env = { HEDDLE_CACHE: '', XDG_CACHE_HOME: '', HOME: at('file'), TMPDIR: at('tmp') };
  const places: [NodeJS.ProcessEnv, string][] = [
    [{ XDG_CACHE_HOME: at('caches') }, 'caches/heddle'],
    [{ HOME: at('home') }, 'home/.cache/heddle'],
    [{}, `tmp/heddle-cache-${process.getuid?.() ?? ''}`],
  ];
  for (const [own, place] of places) {
    t.is((await program.run('app.mjs', { env: { ...env, ...own } })).stdout, SAYS);
    t.true(existsSync(cacheFile(at(place))), place);
  }
});

test('where no home directory is known it is among the temporary files', async (t) => {
  const program = new ProgramDirectory(t, { ...FILES, 'tmp/x': '' });
  const tmp = join(program.path, 'tmp');
  const env = { HEDDLE_CACHE: '', XDG_CACHE_HOME: '', HOME: '', USERPROFILE: '', TMPDIR: tmp };
  // As for a user without an entry in the system's list of users.
  const unknown = `import os from 'node:os';
    import { syncBuiltinESMExports } from 'node:module';
    os.homedir = () => { throw new Error('nobody knows'); };
    syncBuiltinESMExports();`;
  for (const more of [[], ['--import', `data:text/javascript,${encodeURIComponent(unknown)}`]]) {
    const outcome = await program.node([...more, '--import', REGISTER, 'app.mjs'], { env });
    t.deepEqual(outcome, { code: 0, stdout: SAYS, stderr: '' });
    t.true(existsSync(cacheFile(join(tmp, `heddle-cache-${process.getuid?.() ?? ''}`))));
    rmSync(tmp, { recursive: true });
    mkdirSync(tmp);
  }
  t.false(existsSync(program.cache));
});

test('what has not been used for 30 days is removed, once a day', async (t) => {
  const program = new ProgramDirectory(t, FILES);
  const at = (name: string): string => join(program.cache, name);
  const ago = (days: number): Date => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  await program.run('app.mjs');
  // As they are called, and with other numbers.
  const named = readdirSync(program.cache).find((name) => name !== 'swept')!;
  const [one, two] = ['0.0.1', '0.0.2-beta.1'].map((version) => named.replace(/\d+\.\d+\.\d+/, version));
  const old = [`${one}/old`, `${two}/old`, 'holidays/old', '1.0.0-development/old'];
  for (const file of [...old, `${two}/new`]) program.write({ [`.cache/${file}`]: '' });
  for (const file of old) utimesSync(at(file), ago(31), ago(31));
  for (const version of [one, two, 'holidays', '1.0.0-development']) chmodSync(at(version!), 0o700);
  const first = at(old[0]!);
  // Not when everything is in the cache, nor on the same day.
  writeFileSync(at('swept'), '');
  await program.run('app.mjs');
  t.true(existsSync(first));
  utimesSync(at('swept'), ago(2), ago(2));
  await program.run('app.mjs');
  t.true(existsSync(first));
  program.write({ 'b.cjs': `${commonJs('b')}// changed` });
  await program.run('app.mjs');
  t.deepEqual(
    old.filter((file) => existsSync(at(file))),
    old.slice(2),
  );
  t.deepEqual(readdirSync(at(two!)), ['new']);
  t.false(existsSync(at(one!)));
});

/** Windows has none in its file systems. */
const pipeTest = process.platform === 'win32' ? test.skip : test;

pipeTest('what is no file in the place of one that the loader reads for itself is passed over', async (t) => {
  const program = new ProgramDirectory(t, {
    ...FILES,
    'mapped.mjs': `${esm('mapped')}//# sourceMappingURL=mapped.map`,
    'said.mjs': `// import './said.pipe';\n${esm('said')}`,
  });
  const put = (file: string): void => {
    rmSync(file, { force: true });
    execFileSync('mkfifo', [file]);
  };
  const start = async (name: string): Promise<unknown> => {
    const { code, stdout, stderr } = await program.run(name);
    return [code, stdout, stderr];
  };
  await program.run('app.mjs');
  put(cacheFile(program.cache));
  t.deepEqual(await start('app.mjs'), [0, SAYS, ''], 'its cache');
  put(join(program.path, 'mapped.map'));
  t.deepEqual(await start('mapped.mjs'), [0, 'mapped compiled 1\n', ''], 'a source map');
  put(join(program.path, 'said.pipe'));
  t.deepEqual(await start('said.mjs'), [0, 'said compiled 1\n', ''], 'what a module seems to import');
  const swept = join(program.cache, 'swept');
  put(swept);
  utimesSync(swept, 0, 0);
  program.write({ 'app.mjs': `${FILES['app.mjs']}// changed`, 'mapped.mjs': esm('changed') });
  t.deepEqual(await start('mapped.mjs'), [0, 'changed compiled 1\n', ''], 'the mark of the last sweep');
});

test('a record with lengths that cannot be is the end of what is whole', (t) => {
  const program = new ProgramDirectory(t, {});
  const file = join(program.path, 'cache');
  const good = `{"key":"a","kind":"module","source":1,"code":1}\nxy\n`;
  const bad = (source: unknown): string =>
    `{"key":"b","kind":"module","source":${JSON.stringify(source)},"code":0}\n\n`;
  for (const length of [-bad(-10).length, -1.5, '1', null, 1e300]) {
    writeFileSync(file, good + bad(length));
    const { records, end } = readCache(file);
    t.deepEqual([[...records.keys()], end], [['a'], good.length], String(length));
  }
});
