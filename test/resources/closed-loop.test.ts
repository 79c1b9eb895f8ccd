import test from 'ava';
import { ClosedLoop } from '#src/resources/closed-loop.js';

/** With a goal of 500 ms, one answer in a ms, and so many clients, of which some come or go in each tenth of a second. */
function after(clients: number, changes: number = 0): ClosedLoop {
  const loop = new ClosedLoop(500, () => clients);
  for (let tick = 0; tick < 20; tick++) loop.tick(100, changes, 100);
  return loop;
}

/** The same while others wait in the kernel, more than can be refused, and so many of a hundred answers are followed by a request on their connection. */
function standing(clients: number, again: number, asking: number = clients): ClosedLoop {
  const loop = after(clients, 90);
  for (let tick = 0; tick < 20; tick++) {
    for (let answer = 0; answer < 100; answer++) {
      loop.asked(answer >= again);
      loop.kept();
    }
    loop.judge(asking, 0, 0, true, true);
  }
  return loop;
}

/** How many answers in a row close their connection. */
function shed(loop: ClosedLoop): number {
  let count = 0;
  while (loop.sheds()) count++;
  return count;
}

test('clients that ask again and again leave nothing for those that wait in the kernel, and are served in turn', (t) => {
  const saturated = standing(100, 80);
  t.true(saturated.isSaturated);
  t.true(saturated.isBounded);
  t.is(shed(saturated), 0, 'as few as that are answered within 0.2 of the goal');
  saturated.judge(100, 0, 0, false, true);
  t.false(saturated.isSaturated, 'nobody waits any more');
});

test('where all that is too much can be refused they are not; if it cannot, that is tried again after half a minute', (t) => {
  const loop = standing(100, 80);
  for (let look = 1; look < 300; look++) {
    loop.judge(100, 0, 0, true, false);
    t.true(loop.isSaturated, `${look}`);
    t.true(loop.isCostly);
  }
  loop.judge(100, 0, 0, true, false);
  t.false(loop.isSaturated);
  t.false(loop.isCostly);
  loop.judge(100, 0, 0, true, true);
  t.true(loop.isSaturated);
});

test('of too many, so many are closed with an answer that 0.2 of the goal is enough for the others', (t) => {
  const many = standing(200, 80);
  t.true(many.isBounded);
  t.is(shed(many), 100);
  many.judge(200, 0, 0, true, true);
  t.is(shed(many), 100, 'again at the next look, if they are still there');
  const far = standing(400, 80);
  t.true(far.isSaturated);
  t.false(far.isBounded, 'until then not all can be answered in time');
  t.is(shed(far), 300);
});

test('clients that go after an answer, or of which many rest, are not asked to connect again', (t) => {
  t.false(standing(200, 40).isSaturated);
  t.is(shed(standing(200, 40)), 0);
  t.false(standing(200, 80, 130).isSaturated);
  t.true(standing(200, 80, 150).isSaturated);
});

test('where work takes long by nature, clients are not served in turn: they wait for their answers anyway', (t) => {
  for (const [live, saturated] of [
    [149, true],
    [151, false],
  ] as const) {
    const loop = standing(200, 80);
    loop.judge(200 - live, 0, live, true, true);
    t.is(loop.isSaturated, saturated, `${live}`);
  }
});

test('that some of its clients give up does not end it', (t) => {
  const loop = standing(100, 80);
  for (let tick = 0; tick < 20; tick++) {
    for (let answer = 0; answer < 100; answer++) {
      loop.asked(answer >= 40);
      loop.kept();
    }
    loop.judge(100, 0, 0, true, true);
  }
  t.true(loop.isSaturated);
});

test('it is bounded if all clients can be answered within six tenths of the goal', (t) => {
  for (const [clients, bounded] of [
    [299, true],
    [301, false],
  ] as const) {
    const loop = after(clients);
    loop.judge(clients, 0, 0, false, false);
    t.is(loop.isBounded, bounded, `${clients}`);
  }
});

test('it is not if few that take long wait, though many others are answered meanwhile', (t) => {
  for (const [waitingMs, bounded] of [
    [299, true],
    [301, false],
  ] as const) {
    const loop = after(20);
    loop.judge(10, waitingMs, 0, false, false);
    t.is(loop.isBounded, bounded, `${waitingMs} ms`);
  }
});

test('it is not while clients come and go', (t) => {
  for (const [changes, bounded] of [
    [19, true],
    [21, false],
  ] as const) {
    const loop = after(20, changes);
    loop.judge(20, 0, 0, false, false);
    t.is(loop.isBounded, bounded, `${changes}`);
    for (let tick = 0; tick < 10; tick++) loop.tick(100, 0, 100);
    loop.judge(20, 0, 0, false, false);
    t.true(loop.isBounded, 'a second later');
  }
});

test('it is not while others wait for a connection', (t) => {
  const loop = after(20);
  loop.judge(20, 0, 0, true, true);
  t.false(loop.isBounded);
  loop.judge(20, 0, 0, false, false);
  t.true(loop.isBounded);
});

test('it is not bounded before anything was answered, nor by clients that send several requests at once, nor by nobody knows how many', (t) => {
  const fresh = new ClosedLoop(500, () => 0);
  fresh.judge(0, 0, 0, false, false);
  t.false(fresh.isBounded);
  const pipelining = after(10);
  pipelining.judge(11, 0, 0, false, false);
  t.false(pipelining.isBounded);
  const unknown = after(Infinity);
  unknown.judge(1, 0, 0, false, false);
  t.false(unknown.isBounded);
});
