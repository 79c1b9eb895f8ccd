import test from 'ava';
import { VirtualClock } from 'heddle/testing';
import { Repeats } from '#src/base/repeats.js';

const BUG = 'TypeError: bug\n    at handler (app.ts:1:1)';

/** What is printed, on a clock that is advanced by hand. */
function printing(): {
  clock: VirtualClock;
  printed: string[];
  repeats: Repeats;
  tell(text: string, of?: string): void;
} {
  const clock = new VirtualClock({ autoAdvance: false });
  const printed: string[] = [];
  const repeats = new Repeats(
    (ms, what) => clock.alarm(clock.now() + ms, what),
    (line) => void printed.push(line),
  );
  const tell = (text: string, of: string | null = null): void =>
    repeats.tell(text, () => void printed.push(`${of}: ${text}`), of);
  return { clock, printed, repeats, tell };
}

test('of what goes wrong in every request the first is printed in full, and then every ten seconds how many more', async (t) => {
  const { clock, printed, tell } = printing();
  for (let n = 0; n < 2500; n++) {
    tell(BUG, `GET /${n}`);
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(10);
  }
  t.is(printed.shift(), `GET /0: ${BUG}`);
  t.deepEqual(printed, [
    'heddle: 999 times more within 10 s, the last time for GET /999: TypeError: bug',
    'heddle: 1,000 times more within 10 s, the last time for GET /1999: TypeError: bug',
  ]);
  await clock.advance(5000);
  t.is(printed.at(-1), 'heddle: 500 times more within 10 s, the last time for GET /2499: TypeError: bug');
  await clock.advance(60_000);
  t.is(printed.length, 3);
  tell(BUG, 'GET /');
  t.is(printed.at(-1), `GET /: ${BUG}`);
});

test('what comes less often than every ten seconds is printed each time, and what differs is, too', async (t) => {
  const { clock, printed, tell } = printing();
  for (let n = 0; n < 3; n++) {
    tell(BUG);
    // eslint-disable-next-line no-await-in-loop
    await clock.advance(20_000);
  }
  t.deepEqual(
    printed,
    Array.from({ length: 3 }, () => `null: ${BUG}`),
  );
  for (let n = 0; n < 5000; n++) tell(`Error: no item ${n}`);
  t.is(printed.length, 3 + 5000);
});

test('what happens in one fiber after the other is the same', (t) => {
  const { printed, tell, repeats } = printing();
  for (let n = 0; n < 3; n++) tell(`MisuseError: Fiber ${n} (handler) ends\n    at handler\n    at fiber ${n} handler`);
  t.is(printed.length, 1);
  repeats.sumUp();
  t.is(printed.at(-1), 'heddle: 2 times more within 10 s: MisuseError: Fiber (handler) ends');
});

test('what has been counted at the end of the process is not lost', (t) => {
  const { printed, tell, repeats } = printing();
  for (let n = 0; n < 2; n++) tell(BUG);
  repeats.sumUp();
  t.is(printed.at(-1), 'heddle: once more within 10 s: TypeError: bug');
  repeats.sumUp();
  t.is(printed.length, 2);
});
