import test from 'ava';
import { Work } from '#src/fibers/governor.js';
import { WorkQueue } from '#src/resources/work-queue.js';

class Named extends Work {
  readonly name: string;
  constructor(name: string) {
    super(name, 1, true);
    this.name = name;
  }
  begin(): void {}
  refuse(): void {}
}

function queued(lifo: boolean, names: string, now: number = 0): { queue: WorkQueue; works: Named[] } {
  const queue = new WorkQueue(lifo);
  const works = [...names].map((name) => new Named(name));
  for (const work of works) queue.push(work, now);
  return { queue, works };
}

function drain(queue: WorkQueue, now: number, fits: (work: Work) => boolean = () => true): string {
  let order = '';
  for (let work = queue.pick(now, fits); work !== null; work = queue.pick(now, fits)) {
    order += (work as Named).name;
    queue.remove(work);
  }
  return order;
}

test('a burst is let in oldest first', (t) => t.is(drain(queued(true, 'abc').queue, 100), 'abc'));

test('a queue that has stood for more than 100 ms is let in newest first', (t) =>
  t.is(drain(queued(true, 'abc').queue, 101), 'cba'));

test('without lifo the oldest always comes first', (t) => t.is(drain(queued(false, 'abc').queue, 10_000), 'abc'));

test('once it was empty it has not stood any more', (t) => {
  const { queue } = queued(true, 'a');
  t.is(queue.standingMs(500), 500);
  t.is(drain(queue, 500), 'a');
  t.is(queue.standingMs(600), 0);
  queue.push(new Named('b'), 600);
  queue.push(new Named('c'), 610);
  t.is(queue.standingMs(650), 50);
  t.is(drain(queue, 650), 'bc');
});

for (const [order, now, wanted] of [
  ['oldest', 0, 'ac'],
  ['newest', 200, 'ca'],
] as const)
  test(`${order} first: who does not fit is passed over and keeps its place`, (t) => {
    const { queue } = queued(true, 'abcd');
    t.is(
      drain(queue, now, (work) => 'ac'.includes((work as Named).name)),
      wanted,
    );
    t.is(queue.size, 2);
    t.is(drain(queue, now), now === 0 ? 'bd' : 'db');
  });

test('who has left from the front, the middle or the end is not let in', (t) => {
  for (const now of [0, 200]) {
    const { queue, works } = queued(true, 'abcde');
    for (const i of [0, 2, 4]) queue.remove(works[i]!);
    t.is(queue.size, 2);
    t.is((queue.oldest() as Named).name, 'b');
    t.deepEqual(
      [...queue].map((work) => (work as Named).name),
      ['b', 'd'],
    );
    t.is(drain(queue, now), now === 0 ? 'bd' : 'db');
    t.is(queue.oldest(), null);
  }
});

test('a queue that all have left holds nothing, and works on', (t) => {
  const { queue, works } = queued(true, 'ab');
  for (const work of works) queue.remove(work);
  t.is(queue.size, 0);
  t.is(
    queue.pick(0, () => true),
    null,
  );
  t.deepEqual([...queue], []);
  queue.push(new Named('c'), 5);
  t.is(drain(queue, 5), 'c');
});

test('a search for what fits ends after some hundreds', (t) => {
  for (const now of [0, 200]) {
    const { queue } = queued(true, 'x'.repeat(10_000));
    let looks = 0;
    t.is(
      queue.pick(now, () => {
        looks++;
        return false;
      }),
      null,
    );
    t.true(looks <= 256, `${looks}`);
  }
});
