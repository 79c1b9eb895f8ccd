import test from 'ava';
import { ClosedLoop } from '#src/resources/closed-loop.js';

/** With a goal of 500 ms, one answer in a ms, and so many clients. */
function after(clients: number, opened: number = 0): ClosedLoop {
  const loop = new ClosedLoop(500, () => clients);
  for (let tick = 0; tick < 20; tick++) loop.tick(100, opened, 100);
  return loop;
}

test('it is bounded if all clients can be answered within seven tenths of the goal', (t) => {
  for (const [clients, connecting, bounded] of [
    [349, 0, true],
    [351, 0, false],
    [300, 49, true],
    [300, 51, false],
  ] as const) {
    const loop = after(clients);
    loop.judge(clients, connecting);
    t.is(loop.isBounded, bounded, `${clients} and ${connecting}`);
  }
});

test('new connections take what they come to off the rate', (t) => {
  const half = after(200, 50);
  half.judge(200, 0);
  t.false(half.isBounded);
  const few = after(150, 50);
  few.judge(150, 0);
  t.true(few.isBounded);
  const fewer = after(351, -50);
  fewer.judge(351, 0);
  t.false(fewer.isBounded, 'those that were sent away took no answer with them');
  // They come as fast as they are answered, or faster: an open system.
  for (const opened of [100, 300]) {
    const open = after(1, opened);
    open.judge(1, 0);
    t.false(open.isBounded);
  }
});

test('it is not bounded before anything was answered, nor by clients that send several requests at once, nor by nobody knows how many', (t) => {
  const fresh = new ClosedLoop(500, () => 10);
  fresh.judge(10, 0);
  t.false(fresh.isBounded);
  const pipelining = after(10);
  pipelining.judge(11, 0);
  t.false(pipelining.isBounded);
  const unknown = after(Infinity);
  unknown.judge(1, 0);
  t.false(unknown.isBounded);
});
