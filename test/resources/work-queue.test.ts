import test from 'ava';
import { Work } from '#src/fibers/governor.js';
import { Kind } from '#src/resources/kind.js';
import { WorkQueue } from '#src/resources/work-queue.js';

class Named extends Work {
  constructor(kind: string, since: number) {
    super(kind, 1, true);
    this.since = since;
  }
  begin(): void {}
  refuse(): void {}
}

/** One letter a work, a kind for each letter. */
function queued(lifo: boolean, names: string): { queue: WorkQueue; works: Named[]; kindOf: (work: Work) => Kind } {
  const queue = new WorkQueue(lifo);
  const kinds = new Map([...names].map((name) => [name, new Kind(name, 1)]));
  const kindOf = (work: Work): Kind => kinds.get(work.kind)!;
  const works = [...names].map((name, at) => new Named(name, at / 1000));
  for (const work of works) queue.push(work, kindOf(work), 0);
  return { queue, works, kindOf };
}

function drain(
  { queue, kindOf }: ReturnType<typeof queued>,
  now: number,
  fits: (kind: Kind) => boolean = () => true,
): string {
  let order = '';
  queue.drain(now, false, fits, (work) => {
    order += work.kind;
    queue.remove(work, kindOf(work), now);
  });
  return order;
}

test('a burst is let in oldest first', (t) => t.is(drain(queued(true, 'abc'), 100), 'abc'));

test('a queue that has stood for more than 100 ms is let in newest first', (t) =>
  t.is(drain(queued(true, 'abc'), 101), 'cba'));

test('without lifo the oldest always comes first', (t) => t.is(drain(queued(false, 'abc'), 10_000), 'abc'));

test('the order is that in which work came, whatever its kind', (t) => {
  t.is(drain(queued(true, 'abaacbca'), 0), 'abaacbca');
  t.is(drain(queued(true, 'abaacbca'), 200), 'acbcaaba');
});

test('once it was empty it has not stood any more', (t) => {
  const one = queued(true, 'abc');
  const { queue, works, kindOf } = one;
  t.is(queue.standingMs(500), 500);
  t.is(drain(one, 500), 'cba');
  t.is(queue.standingMs(600), 0);
  queue.push(works[0]!, kindOf(works[0]!), 600);
  queue.push(works[1]!, kindOf(works[1]!), 610);
  t.is(queue.standingMs(650), 50);
  t.is(drain(one, 650), 'ab');
});

for (const [order, now, wanted] of [
  ['oldest', 0, 'ac'],
  ['newest', 200, 'ca'],
] as const)
  test(`${order} first: who does not fit is passed over and keeps its place`, (t) => {
    const one = queued(true, 'abcd');
    t.is(
      drain(one, now, (kind) => 'ac'.includes(kind.name)),
      wanted,
    );
    t.is(one.queue.size, 2);
    t.is(drain(one, now), now === 0 ? 'bd' : 'db');
  });

test('who has left from the front, the middle or the end is not let in', (t) => {
  for (const now of [0, 200])
    for (const names of ['abcde', 'aabbb', 'aaaaa']) {
      const one = queued(true, names);
      const { queue, works, kindOf } = one;
      for (const i of [0, 2, 4]) queue.remove(works[i]!, kindOf(works[i]!), 0);
      t.is(queue.size, 2);
      t.is(queue.oldest(), works[1]!);
      t.deepEqual([...queue], [works[1]!, works[3]!]);
      t.is(drain(one, now), now === 0 ? `${names[1]}${names[3]}` : `${names[3]}${names[1]}`);
      t.is(queue.oldest(), null);
    }
});

test('a queue that all have left holds nothing, and works on', (t) => {
  const one = queued(true, 'aba');
  const { queue, works, kindOf } = one;
  for (const work of works) queue.remove(work, kindOf(work), 0);
  t.is(queue.size, 0);
  t.is(drain(one, 0), '');
  t.deepEqual([...queue], []);
  queue.push(works[1]!, kindOf(works[1]!), 5);
  t.is(drain(one, 5), 'b');
});

test('each kind is asked about once, however much of it waits', (t) => {
  for (const now of [0, 200]) {
    const asked: string[] = [];
    const one = queued(true, 'xyx'.repeat(3000));
    drain(one, now, ({ name }) => {
      asked.push(name);
      return false;
    });
    t.deepEqual(asked.toSorted(), ['x', 'y']);
    t.is(one.queue.size, 9000);
  }
});

test('for how long work of a kind has waited is that of the first that still waits', (t) => {
  const { queue, works, kindOf } = queued(true, 'abb');
  const [, first] = works;
  const kind = kindOf(first!);
  works[1]!.since = 10;
  works[2]!.since = 30;
  t.is(queue.longestMs(kind, 50), 40);
  queue.remove(first!, kind, 50);
  t.is(queue.longestMs(kind, 50), 20);
  queue.remove(works[2]!, kind, 50);
  t.is(queue.longestMs(kind, 50), 0);
  t.is(queue.longestMs(new Kind('never seen', 1), 50), 0);
});
