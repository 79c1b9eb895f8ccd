import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { SystemClock } from '#src/base/clock.js';

test("a wait ends with a ms of Node's timers, up to one less than was asked for, rounded up", (t) => {
  const clock = new SystemClock();
  for (const [ms, whole] of [
    [0, 0],
    [0.2, 1],
    [10, 10],
    [10.5, 11],
  ] as const) {
    const before = clock.now();
    const at = clock.after(ms);
    const behind = clock.now();
    t.true(at > before + whole - 1 && at <= behind + whole, `${ms}: ${before} ${at} ${behind}`);
  }
});

test('waits that begin in one ms are over at once', (t) => {
  const clock = new SystemClock();
  const starts = Array.from({ length: 1000 }, () => clock.after(0));
  for (const start of starts) {
    const ms = start - starts[0]!;
    t.true(Math.abs(ms - Math.round(ms)) < 1e-6, String(ms));
  }
});

test('however many clocks want to know that nothing is left, the process has one listener, and none after the last', (t) => {
  const before = process.listenerCount('beforeExit');
  const forget = Array.from({ length: 3 }, () => new SystemClock().onExhausted(() => {}));
  for (const one of forget) {
    t.is(process.listenerCount('beforeExit'), before + 1);
    one();
  }
  t.is(process.listenerCount('beforeExit'), before);
});

test('a process in which nothing can happen any more is told what its fibers wait for', async (t) => {
  const program = `import { channel, run } from 'heddle'; await run(() => channel(0, { name: 'jobs' }).receive());`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const error = await t.throwsAsync(
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd }),
  );
  t.regex((error as unknown as { stderr: string }).stderr, /DeadlockError: [^]*receive\(jobs\)/);
});
