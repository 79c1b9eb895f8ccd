import test from 'ava';
import {
  all,
  moveOnAfter,
  mutex,
  OverloadError,
  scope,
  sleep,
  spawn,
  spawnDaemon,
  type Operation,
  type Scope,
} from 'heddle';
import { currentFiber } from '#src/fibers/current.js';
import type { DescriptorStock } from '#src/fibers/descriptor-stock.js';
import type { FiberHandle } from '#src/fibers/fiber.js';
import type { Holding } from '#src/fibers/holding.js';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

function stockOf(limit: number): DescriptorStock {
  const { descriptors } = currentFiber('test').loop;
  descriptors.limit = limit;
  return descriptors;
}

/** Takes so many, one after the other with a pause in between, and gives them back after `holdMs`. */
function* hold(stock: DescriptorStock, count: number, pauseMs: number, holdMs: number): Operation<void> {
  const taken: Holding[] = [];
  try {
    while (taken.length < count) {
      if (taken.length > 0) yield* sleep(pauseMs);
      taken.push(yield* stock.take());
    }
    yield* sleep(holdMs);
  } finally {
    for (const holding of taken) stock.giveBack(holding);
  }
}

/** As `hold`, by one who can do without when asked to give back what it has. */
function* holdOrGiveUp(stock: DescriptorStock, count: number): Operation<void> {
  try {
    yield* hold(stock, count, 1, 1);
  } catch (error) {
    if (!(error instanceof OverloadError)) throw error;
  }
}

test('without a limit nobody waits, and all are counted', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(Infinity);
    yield* scope(function* (inner) {
      for (let i = 0; i < 100; i++) inner.spawn(hold, stock, 10, 0, 5);
      yield* sleep(1);
      t.is(stock.counted, 1000);
      t.is(stock.heldByFibers, 1000);
    });
    t.is(clock.now(), 5);
    t.is(stock.heldBack, 0);
    t.is(stock.counted, 0);
  }));

test('what nobody counts is taken for what it was, as long as files that are being opened or closed leave that open', (t) =>
  simulateClean(function* () {
    const stock = stockOf(Infinity);
    stock.reconcile(1000, 20);
    t.is(stock.others, 20);
    const taken = [yield* stock.take(), yield* stock.take(), yield* stock.take()];
    stock.reconcile(1000, 20);
    t.is(stock.others, 20, 'none of them is open yet');
    stock.reconcile(1000, 23);
    t.is(stock.others, 20, 'all of them are');
    stock.reconcile(1000, 30);
    t.is(stock.others, 27, 'there are more, with all of them');
    stock.reconcile(1000, 20);
    t.is(stock.others, 20, 'there are fewer, without any of them');
    stock.settled();
    stock.settled();
    stock.reconcile(1000, 20);
    t.is(stock.others, 18);
    stock.settled();
    stock.reconcile(1000, null);
    t.is(stock.others, 18);
    stock.closing();
    stock.reconcile(1000, 20);
    t.is(stock.others, 18, 'one of three may be closed already');
    stock.settled();
    for (const holding of taken) stock.giveBack(holding);
  }));

test('far below the limit nobody waits', (t) =>
  simulateClean(function* () {
    const stock = stockOf(1000);
    yield* scope(function* (inner) {
      for (let i = 0; i < 40; i++) inner.spawn(hold, stock, 10, 1, 5);
    });
    t.is(stock.heldBack, 0);
  }));

test('there is room for a connection as long as a fiber that wants as many as any had gets them', (t) =>
  simulateClean(function* () {
    const stock = stockOf(10);
    t.true(stock.hasRoomForConnection);
    yield* hold(stock, 3, 0, 1);
    stock.count(7);
    t.true(stock.hasRoomForConnection);
    stock.count(1);
    t.false(stock.hasRoomForConnection);
    stock.count(-8);
  }));

test('never are more open than the limit allows, and all get theirs, under any schedule', (t) =>
  simulateManyClean(function* ({ random }) {
    const stock = stockOf(20);
    stock.others = 3;
    let most = 0;
    let done = 0;
    yield* scope(function* (inner) {
      for (let i = 0; i < 30; i++)
        inner.spawn(function* work() {
          yield* sleep(random.below(20));
          yield* hold(stock, 1 + random.below(5), random.below(3), random.below(10));
          done++;
        });
      yield* spawn(function* watch() {
        for (; done < 30; yield* sleep(1)) most = Math.max(most, stock.used);
      });
    });
    t.is(done, 30);
    t.true(most <= 20, `${most}`);
    t.is(stock.counted, 0);
    t.is(stock.heldByFibers, 0);
    t.is(stock.waiters.size, 0);
  }));

test('who holds some comes before who holds none', (t) =>
  simulateClean(function* ({ log, events }) {
    const stock = stockOf(2);
    const blocker = yield* spawn(hold, stock, 1, 0, 100);
    yield* sleep(1);
    yield* spawn(function* holder() {
      yield* hold(stock, 2, 10, 5);
      log('holder');
    });
    yield* sleep(1);
    yield* spawn(function* newcomer() {
      yield* hold(stock, 1, 0, 0);
      log('newcomer');
    });
    // The newcomer waits for longer, and both for the one that comes back.
    yield* sleep(20);
    t.deepEqual(events, []);
    t.is(stock.waiters.size, 2);
    blocker.cancel();
    yield* sleep(50);
    t.deepEqual(events, ['holder', 'newcomer']);
  }));

// All that there are are held by who waits for more: somebody has to give back what it has.
for (const [limit, wanted] of [
  [10, 4],
  [12, 4],
  [3, 8],
] as const)
  test(`ten holders who all want ${wanted} of ${limit} do not wait for each other for ever`, (t) =>
    simulateManyClean(
      function* () {
        const stock = stockOf(limit);
        // Nobody knows yet how many each of them wants.
        yield* scope(function* (inner) {
          for (let i = 0; i < 10; i++) inner.spawn(holdOrGiveUp, stock, wanted);
        });
        t.is(stock.counted, 0);
        t.is(stock.waiters.size, 0);
      },
      { runs: 20 },
    ));

test('once it is known how many a kind wants, a newcomer leaves room for the rest', (t) =>
  simulateClean(function* () {
    const stock = stockOf(10);
    const four = function* four(): Operation<void> {
      yield* hold(stock, 4, 1, 1);
    };
    for (let i = 0; i < 5; i++) yield* (yield* spawn(four)).join();
    t.true(Math.abs(stock.demandOf('four') - 4) < 1e-9);
    t.is(stock.demandOf('unknown'), 0);
    const before = stock.heldBack;
    // Three have one each and want nine more; half of that has to be left, beside the newcomer's own four.
    for (let i = 0; i < 4; i++) yield* spawn(four);
    yield* sleep(0.5);
    t.is(stock.heldBack, before + 1);
    t.deepEqual([...stock.heldByKind()], [['four', 3]]);
    t.deepEqual([...stock.waitingByKind()], [['four', 1]]);
    t.is(stock.pending, 9);
  }));

test('where all who hold some want more, the one that wants least is lent one', (t) =>
  simulateClean(function* () {
    const stock = stockOf(100);
    const kinds = [6, 12].map((count) =>
      Object.defineProperty(() => holdOrGiveUp(stock, count), 'name', { value: `wants ${count}` }),
    );
    for (const kind of kinds) yield* (yield* spawn(kind)).join();
    // Room for five.
    stock.limit = 12;
    stock.count(7);
    yield* scope(function* (inner) {
      for (const kind of kinds) {
        inner.spawn(kind);
        yield* sleep(0.25);
      }
      t.deepEqual([...stock.heldByKind()], [['wants 6', 1]]);
      // It asks for its second.
      yield* sleep(1);
      t.deepEqual([...stock.heldByKind()], [['wants 6', 2]]);
    });
    stock.count(-7);
  }));

/** As the governor does while some wait. */
function* lookAgain(stock: DescriptorStock): Operation<never> {
  for (;;) {
    yield* sleep(100);
    stock.grantWaiting();
  }
}

/** Takes so many, which are given back when the scope ends that `owner` is. */
function* takeFor(owner: Scope, stock: DescriptorStock, count: number): Operation<void> {
  for (let i = 0; i < count; i++) {
    const holding = yield* stock.take();
    owner.defer(() => stock.giveBack(holding));
  }
}

test('who has ended, and left what it holds to a scope in which others wait for more, is not waited for', (t) =>
  simulateManyClean(
    function* () {
      const stock = stockOf(10);
      yield* spawnDaemon(lookAgain, stock);
      const opened = scope(function* (inner) {
        // Ten have theirs, and end. An eleventh is lent one, and there is none for the last.
        for (let i = 0; i < 12; i++) inner.spawn(takeFor, inner, stock, 1);
      });
      const error = yield* thrownBy(opened);
      t.true(error instanceof OverloadError, String(error));
      t.is(stock.counted, 0);
    },
    { runs: 20 },
  ));

test('nor who waits for the end of a scope in which others wait for more', (t) =>
  simulateManyClean(
    function* () {
      const stock = stockOf(10);
      yield* spawnDaemon(lookAgain, stock);
      let finished = 0;
      const parent = function* (): Operation<void> {
        yield* scope(function* (own) {
          yield* takeFor(own, stock, 5);
          yield* sleep(1);
          yield* all([1, 2].map(() => scope((inner) => takeFor(inner, stock, 1))));
          finished++;
        });
      };
      yield* scope(function* (inner) {
        for (let i = 0; i < 2; i++) inner.spawn(parent);
      });
      t.is(finished, 2);
      t.is(stock.counted, 0);
    },
    { runs: 20 },
  ));

test('that is noticed as soon as the last of them begins to wait for its scope', (t) =>
  simulateManyClean(
    function* ({ clock }) {
      const stock = stockOf(4);
      yield* scope(function* (inner) {
        for (let i = 0; i < 2; i++)
          inner.spawn(function* parent() {
            yield* scope(function* (own) {
              yield* takeFor(own, stock, 2);
              own.spawn(() => scope((child) => takeFor(child, stock, 1)));
              yield* sleep(1 + i);
            });
          });
      });
      t.is(clock.now(), 2);
    },
    { runs: 20 },
  ));

test('nor who joins a fiber that waits for more', (t) =>
  simulateManyClean(
    function* () {
      const stock = stockOf(4);
      yield* spawnDaemon(lookAgain, stock);
      let finished = 0;
      yield* scope(function* (inner) {
        for (let i = 0; i < 2; i++)
          inner.spawn(function* parent() {
            yield* scope(function* (own) {
              yield* takeFor(own, stock, 2);
              const child = own.spawn(() => scope((its) => takeFor(its, stock, 1)));
              yield* sleep(i);
              yield* child.join();
              finished++;
            });
          });
      });
      t.is(finished, 2);
    },
    { runs: 20 },
  ));

test('while a scope goes on that will give some back, nobody is lent any', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(1);
    const holder = yield* spawn(() =>
      scope(function* (own) {
        yield* all([takeFor(own, stock, 1)]);
        yield* sleep(10);
      }),
    );
    yield* sleep(1);
    yield* scope((inner) => takeFor(inner, stock, 1));
    t.is(holder.status, 'succeeded');
    t.is(clock.now(), 10);
  }));

test('the graph knows how many more were taken at its places than given back', (t) =>
  simulateClean(function* ({ runtime }) {
    const stock = stockOf(Infinity);
    const taken = (): number => runtime.snapshotNow().nodes.reduce((sum, { descriptors }) => sum + descriptors, 0);
    yield* scope(function* (inner) {
      for (let i = 0; i < 3; i++) inner.spawn(hold, stock, 2, 0, 5);
      yield* sleep(1);
      t.is(taken(), 6);
    });
    t.is(taken(), 0);
  }));

test('who is cancelled while it waits leaves the queue, and takes nothing', (t) =>
  simulateClean(function* () {
    const stock = stockOf(2);
    yield* spawn(hold, stock, 2, 0, 100);
    yield* sleep(1);
    const got = yield* moveOnAfter(10, stock.take());
    t.falsy((got as { value?: unknown } | undefined)?.value);
    t.is(stock.waiters.size, 0);
    t.is(stock.counted, 2);
  }));

test('who is cancelled while it holds some gives all of them back', (t) =>
  simulateClean(function* () {
    const stock = stockOf(10);
    const fibers: FiberHandle<void>[] = [];
    for (let i = 0; i < 3; i++) fibers.push(yield* spawn(hold, stock, 3, 0, 100));
    yield* sleep(1);
    t.is(stock.counted, 9);
    fibers[0]!.cancel();
    yield* sleep(1);
    t.is(stock.counted, 6);
    t.is(stock.heldByFibers, 6);
  }));

test('who holds a lock does not wait: others wait for it', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(2);
    const lock = mutex();
    yield* spawn(hold, stock, 2, 0, 100);
    yield* sleep(1);
    yield* lock.withLock(hold(stock, 1, 0, 0));
    t.is(clock.now(), 1);
  }));

test('nor does a fiber for which one waits that holds a lock', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(2);
    const lock = mutex();
    yield* spawn(function* holder() {
      const holdings = [yield* stock.take(), yield* stock.take()];
      yield* sleep(1);
      yield* lock.withLock(sleep(0));
      for (const holding of holdings) stock.giveBack(holding);
    });
    yield* lock.withLock(all([1, 2].map(() => scope(() => hold(stock, 1, 0, 5)))));
    t.is(clock.now(), 5);
  }));

test('what somebody else closes lets waiters in', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(4);
    stock.count(4);
    const waiter = yield* spawn(hold, stock, 1, 0, 0);
    yield* sleep(5);
    t.is(stock.waiters.size, 1);
    stock.count(-1);
    yield* waiter.join();
    t.is(clock.now(), 5);
    stock.count(-3);
    t.is(stock.used, 0);
  }));

test('a limit that rises while some wait lets them in at the next look', (t) =>
  simulateClean(function* () {
    const stock = stockOf(2);
    yield* spawn(hold, stock, 2, 0, 100);
    yield* sleep(1);
    const waiter = yield* spawn(hold, stock, 1, 0, 0);
    yield* sleep(1);
    stock.limit = 10;
    stock.grantWaiting();
    yield* sleep(1);
    t.is(waiter.status, 'succeeded');
  }));

test('a limit below what is open holds back until enough is closed', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(10);
    yield* spawn(hold, stock, 4, 0, 20);
    yield* spawn(hold, stock, 4, 0, 40);
    yield* sleep(1);
    stock.limit = 3;
    yield* (yield* spawn(hold, stock, 1, 0, 0)).join();
    t.is(clock.now(), 40);
  }));

test('when the first in the queue is cancelled, those behind it get theirs at once', (t) =>
  simulateClean(function* ({ clock }) {
    const stock = stockOf(10);
    const many = function* many(): Operation<void> {
      yield* hold(stock, 5, 0, 0);
    };
    yield* (yield* spawn(many)).join();
    yield* spawn(hold, stock, 8, 0, 100);
    yield* spawn(hold, stock, 2, 0, 5);
    yield* sleep(1);
    const first = yield* spawn(many);
    yield* sleep(1);
    const second = yield* spawn(hold, stock, 1, 0, 0);
    // Now there is room for the second, but it has to wait for its turn.
    yield* sleep(10);
    t.is(stock.waiters.size, 2);
    first.cancel();
    const now = clock.now();
    yield* second.join();
    t.is(clock.now(), now);
  }));
