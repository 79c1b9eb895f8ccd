import test from 'ava';
import { ClosedLoop } from '#src/resources/closed-loop.js';

/** With a goal of 500 ms, one answer in a ms, and so many clients, of which some come or go in each tenth of a second. */
function after(clients: number, changes: number = 0): ClosedLoop {
  const loop = new ClosedLoop(500, () => clients);
  for (let tick = 0; tick < 20; tick++) loop.tick(100, changes, 100);
  return loop;
}

test('it is bounded if all clients can be answered within six tenths of the goal', (t) => {
  for (const [clients, bounded] of [
    [299, true],
    [301, false],
  ] as const) {
    const loop = after(clients);
    loop.judge(clients, false);
    t.is(loop.isBounded, bounded, `${clients}`);
  }
});

test('it is not while clients come and go', (t) => {
  for (const [changes, bounded] of [
    [19, true],
    [21, false],
  ] as const) {
    const loop = after(20, changes);
    loop.judge(20, false);
    t.is(loop.isBounded, bounded, `${changes}`);
    for (let tick = 0; tick < 10; tick++) loop.tick(100, 0, 100);
    loop.judge(20, false);
    t.true(loop.isBounded, 'a second later');
  }
});

test('it is not while others wait for a connection', (t) => {
  const loop = after(20);
  loop.judge(20, true);
  t.false(loop.isBounded);
  loop.judge(20, false);
  t.true(loop.isBounded);
});

test('it is not bounded before anything was answered, nor by clients that send several requests at once, nor by nobody knows how many', (t) => {
  const fresh = new ClosedLoop(500, () => 0);
  fresh.judge(0, false);
  t.false(fresh.isBounded);
  const pipelining = after(10);
  pipelining.judge(11, false);
  t.false(pipelining.isBounded);
  const unknown = after(Infinity);
  unknown.judge(1, false);
  t.false(unknown.isBounded);
});
