import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { main, sleep } from 'heddle';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `body` as the `main` of a process, in which `forever` waits, and what goes wrong is to be seen. */
function start(t: ExecutionContext, body: string): { child: ChildProcess; says: (line: string) => Promise<void> } {
  const program = `
    import { main, shield, sleep, spawn, suspend } from 'heddle';
    setInterval(() => {}, 1000);
    const forever = () => suspend();
    main(function* () { ${body} }, { inspect: false }).finally(() => setImmediate(() => process.exit()));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, says: async (line) => void t.is((await lines.next()).value, line) };
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} stops a program in order, and makes its exit code ${code}`, async (t) => {
    const { child, says } = start(
      t,
      `try { console.log('ready'); yield* forever(); } finally { yield* shield(sleep(1)); console.log('cleaned up'); }`,
    );
    const ended = once(child, 'exit');
    await says('ready');
    child.kill(signal);
    await says('cleaned up');
    t.deepEqual(await ended, [code, null]);
  });

  test(`a ${signal} after another signal ends a program at once, with the exit code ${code}`, async (t) => {
    const { child, says } = start(
      t,
      `try { console.log('ready'); yield* forever(); } finally { console.log('stopping'); yield* shield(forever()); }`,
    );
    const ended = once(child, 'exit');
    await says('ready');
    child.kill('SIGTERM');
    await says('stopping');
    child.kill(signal);
    t.deepEqual(await ended, [code, null]);
  });
}

test('an exit code that the program has set stays where its function has returned', async (t) => {
  const { child, says } = start(
    t,
    `yield* spawn(function* () { console.log('ready'); yield* forever(); }); process.exitCode = 3;`,
  );
  const ended = once(child, 'exit');
  await says('ready');
  child.kill('SIGINT');
  t.deepEqual(await ended, [3, null]);
});

test('what fails is printed, and makes the exit code 1', async (t) => {
  const { child, says } = start(t, `console.error = ({ message }) => console.log(message); throw new Error('boom');`);
  const ended = once(child, 'exit');
  await says('boom');
  t.deepEqual(await ended, [1, null]);
});

test('what cannot be printed makes the exit code 1 all the same', async (t) => {
  const { child, says } = start(
    t,
    `process.stderr.write = (text) => console.log(text.trimEnd());
    console.error = () => { throw new Error('unprintable'); };
    throw new Error('boom');`,
  );
  const ended = once(child, 'exit');
  await says('Error: boom');
  t.deepEqual(await ended, [1, null]);
});

test.serial('a program can be looked at, unless an option or the environment says else', async (t) => {
  const before = { ...process.env };
  for (const [inspect, variable, seen] of [
    [undefined, undefined, true],
    [true, '1', true],
    [false, undefined, false],
    [undefined, '0', false],
  ] as const) {
    const directory = mkdtempSync(join(tmpdir(), 'main-'));
    process.env['XDG_RUNTIME_DIR'] = directory;
    if (variable !== undefined) process.env['HEDDLE_INSPECT'] = variable;
    await main(() => sleep(1), inspect === undefined ? {} : { inspect });
    // That its socket was in.
    t.is(existsSync(join(directory, 'heddle')), seen, `${inspect}, ${variable}`);
    rmSync(directory, { recursive: true });
    process.env = { ...before };
  }
});
