import test from 'ava';
import {
  all,
  event,
  moveOnAfter,
  mutex,
  resource,
  Runtime,
  scope,
  semaphore,
  shield,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  type Mutex,
  type Operation,
  type Scope,
} from 'heddle';
import { simulate, VirtualClock } from 'heddle/testing';
import { add } from '#src/blocking-graph/add.js';
import { describeDeadlocks } from '#src/blocking-graph/deadlocks.js';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { renderText } from '#src/blocking-graph/render/text.js';
import { subtract } from '#src/blocking-graph/subtract.js';
import { WorkClock } from '../support/work-clock.js';
import type { Snapshot } from '#src/blocking-graph/snapshot.js';

/** Each reading of it takes time, so that a survey comes to the end of its piece. */
class SlowClock extends VirtualClock {
  private read = 0;
  turns = 0;

  override now(): number {
    return super.now() + ++this.read * 0.001;
  }

  override defer(pass: () => void): void {
    this.turns++;
    super.defer(pass);
  }
}

test('a million parked fibers are visited in pieces, and none is missed', async (t) => {
  const clock = new SlowClock();
  const runtime = new Runtime({ clock, queue: 'fifo', sliceMs: 0.2 });
  const { root, result } = runtime.start(function* () {
    for (let i = 0; i < 1_000_000; i++) yield* spawn(() => suspend());
    yield* sleep(10);
    yield* suspend<void>((resume) => void (release = resume));
  });
  result.catch(() => {});
  const stop = clock.onExhausted(() => {});
  while (release === undefined) await new Promise((resolve) => setImmediate(resolve));
  const before = clock.turns;
  const snapshot = await runtime.snapshot();
  t.true(clock.turns - before > 20, `${clock.turns - before} turns for others meanwhile`);
  t.is(snapshot.fibers.live, 1_000_001);
  t.is(snapshot.fibers.waiting, 1_000_001);
  t.is(snapshot.nodes.find((node) => node.label === 'suspend')!.waiting >= 1_000_000, true);
  stop();
  root.cancel();
  await t.throwsAsync(result);
});
let release: (() => void) | undefined;

test('a snapshot is valid against its own schema', async (t) => {
  await simulate(
    function* ({ runtime }) {
      const lock = mutex({ name: 'table' });
      yield* spawn(() => lock.withLock(sleep(10)));
      yield* spawn(() => lock.withLock(sleep(10)));
      yield* sleep(1);
      const snapshot = runtime.snapshotNow();
      t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
    },
    { queue: 'stride' },
  );
});

test('locks are shown with their holders and waiters while somebody waits', async (t) => {
  const [during, after] = await simulate(function* ({ runtime }) {
    const pool = semaphore(2, { name: 'pool' });
    function* user(): Operation<void> {
      yield* pool.withPermit(sleep(10));
    }
    for (let i = 0; i < 5; i++) yield* spawn(user);
    yield* sleep(1);
    const taken = runtime.snapshotNow();
    yield* sleep(100);
    return [taken, runtime.snapshotNow()] as const;
  });
  t.is(during.locks.length, 1);
  const [lock] = during.locks;
  t.like(lock, { kind: 'semaphore', name: 'pool', capacity: 2, available: 0, unlisted: 0 });
  t.is(lock!.holders.length, 2);
  t.is(lock!.waiters.length, 3);
  t.true(lock!.waiters.every((waiter) => waiter.kind === 'user' && waiter.sinceMs === 1));
  t.deepEqual(after.locks, []);
});

test('of fibers that wait for each other it is said whether a deadline ends that', async (t) => {
  const [within, without] = await simulate(function* ({ runtime }) {
    const warnings: string[] = [];
    for (const limit of [1000, Infinity]) {
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      function* lockBoth(first: typeof a, second: typeof a): Operation<void> {
        const permit = yield* first.lock();
        yield* sleep(1);
        yield* moveOnAfter(limit, second.lock());
        permit.release();
      }
      yield* moveOnAfter(
        5000,
        shield(
          scope(function* () {
            const both = [yield* spawn(lockBoth, a, b), yield* spawn(lockBoth, b, a)];
            yield* sleep(10);
            warnings.push(...runtime.snapshotNow().warnings);
            for (const fiber of both) fiber.cancel();
          }),
          { within: Infinity },
        ),
      );
    }
    return warnings;
  });
  t.regex(within!, /^deadlock until a deadline passes: fiber/);
  t.regex(without!, /^deadlock: fiber/);
});

test('a holder that has ended is shown as such, also in what happened lately and in a file', async (t) => {
  const [before, later] = await simulate(function* ({ runtime, untilIdle }) {
    const lock = mutex({ name: 'till' });
    const forgets = yield* spawn(function* forgets() {
      yield* lock.lock();
    });
    yield* forgets.join();
    yield* spawnDaemon(() => lock.lock());
    yield* untilIdle();
    const first = runtime.snapshotNow();
    yield* sleep(1);
    return [first, runtime.snapshotNow()] as const;
  });
  t.is(before.locks[0]!.waiters.length, 1);
  t.regex(renderText(before), /· held by the ended fiber \d+ \(forgets\)\n/);
  t.regex(renderText(subtract(later, before)), /· held by the ended fiber \d+ \(forgets\)\n/);
  t.deepEqual(parseSnapshot(JSON.stringify(before)), before);
});

test('of many holders and waiters a hundred are listed and the rest are counted', async (t) => {
  const lock = await simulate(function* ({ runtime }) {
    const pool = semaphore(150);
    yield* spawn(() => all(Array.from({ length: 400 }, () => pool.withPermit(sleep(10)))));
    yield* sleep(1);
    return runtime.snapshotNow().locks[0]!;
  });
  t.is(lock.holders.length, 100);
  t.is(lock.waiters.length, 100);
  t.is(lock.unlisted, 50 + 150);
});

test('of many waiters those are listed who have waited longest, the first in line first', async (t) => {
  const { waiters, holders } = await simulate(function* ({ runtime }) {
    const lock = mutex();
    yield* spawn(() => lock.withLock(sleep(1000)));
    yield* sleep(1);
    for (let i = 0; i < 150; i++) {
      yield* spawn(() => lock.withLock(sleep(1)));
      yield* sleep(1);
    }
    return runtime.snapshotNow().locks[0]!;
  });
  t.is(waiters.length, 100);
  t.is(waiters[0]!.sinceMs, 150);
  t.is(waiters[0]!.fiber, holders[0]!.fiber + 1);
  t.is(waiters[99]!.sinceMs, 51);
});

test('what was seen of locks at two instants is not taken for a deadlock', async (t) => {
  const clock = new SlowClock();
  const runtime = new Runtime({ clock, sliceMs: 0.01 });
  const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
  const end = event();
  let open: (() => void) | undefined;
  const program = runtime.run(function* () {
    const held = [yield* a.lock(), yield* b.lock()];
    open = () => held.forEach((permit) => permit.release());
    // So many that a survey takes several turns; they are visited after the two below, whose scope is younger.
    yield* spawn(() => all(Array.from({ length: 3000 }, () => end.wait())));
    function* passThenHold(first: typeof a, second: typeof a): Operation<void> {
      (yield* first.lock()).release();
      yield* second.withLock(end.wait());
    }
    yield* sleep(1);
    yield* scope(function* () {
      yield* spawn(passThenHold, a, b);
      yield* spawn(passThenHold, b, a);
    });
  });
  while (b.stats().waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  const taking = runtime.snapshot();
  open!();
  const snapshot = await taking;
  t.is(a.available + b.available, 0, 'each holds what the other was seen waiting for');
  t.is(a.stats().waiting + b.stats().waiting, 0);
  t.deepEqual(snapshot.warnings, []);
  t.deepEqual(snapshot.locks, []);
  t.true(snapshot.fibers.waiting <= snapshot.fibers.live);
  end.set();
  await program;
});

test('a snapshot of nothing is empty', (t) => {
  const snapshot = new Runtime({ clock: new VirtualClock() }).snapshotNow();
  t.deepEqual([snapshot.nodes, snapshot.edges, snapshot.locks, snapshot.warnings], [[], [], [], []]);
  t.is(snapshot.fibers.live, 0);
});

test('walks are taken down when a snapshot is done', async (t) => {
  await simulate(function* ({ runtime }) {
    for (let i = 0; i < 3; i++) runtime.snapshotNow();
    t.is((runtime.loop.population as unknown as { walks: unknown[] }).walks.length, 0);
  });
});

test('a resource shows from the first permit on, with who has it, and a semaphore while somebody waits', async (t) => {
  const seats = resource('seats', { capacity: 5 });
  const locks = await simulate(function* ({ runtime }) {
    const before = runtime.snapshotNow().locks;
    yield* scope(function* () {
      yield* semaphore(2).acquire();
      yield* seats.acquire(2);
      t.deepEqual(before, []);
      t.like(runtime.snapshotNow().locks, [
        { kind: 'resource', name: 'seats', capacity: 5, available: 3, waiters: [] },
      ]);
      t.is(runtime.snapshotNow().locks[0]!.holders.length, 1);
      yield* spawnDaemon(() => seats.acquire(4));
      yield* sleep(1);
    });
    return parseSnapshot(JSON.stringify(runtime.snapshotNow())).locks;
  });
  t.is(locks.length, 1, 'once, whether somebody waits or not');
  t.deepEqual(new Runtime({ clock: new VirtualClock() }).snapshotNow().locks, [], 'another runtime has not used it');
});

test('a resource that has shrunk below what is in use has nothing available', async (t) => {
  const { locks } = await simulate(function* ({ runtime }) {
    const seats = resource('seats', { capacity: 5 });
    yield* seats.acquire(5);
    seats.resize(2);
    yield* spawnDaemon(() => seats.acquire());
    yield* sleep(1);
    return parseSnapshot(JSON.stringify(runtime.snapshotNow()));
  });
  t.like(locks, [{ name: 'seats', capacity: 2, available: 0 }]);
});

test('a resource without a limit, for which nobody can wait, leaves the snapshot readable', async (t) => {
  for (const capacity of [Infinity, 2 ** 60]) {
    const { locks } = await simulate(function* ({ runtime }) {
      const [seats, air] = [resource('seats', { capacity: 2 }), resource('air', { capacity })];
      for (const one of [seats, air]) yield* spawnDaemon(() => one.withPermit(sleep(100)));
      yield* sleep(1);
      return parseSnapshot(JSON.stringify(runtime.snapshotNow()));
    });
    t.deepEqual(
      locks.map(({ name }) => name),
      ['seats'],
    );
  }
});

test('fibers that one runtime starts in another leave the graphs of both readable', async (t) => {
  for (const recording of [true, false]) {
    const clock = new VirtualClock();
    const [one, other] = [new Runtime({ clock, recording }), new Runtime({ clock })];
    let open: Scope | undefined;
    await Promise.all([
      other.run(() =>
        scope(function* theirs(inner) {
          open = inner;
          yield* spawn(function* visitor() {});
          yield* sleep(10);
        }),
      ),
      one.run(function* ours() {
        yield* sleep(5);
        yield* spawn(function* visitor() {});
        open!.spawn(function* visitor() {});
        open!.spawn(function* guest() {});
      }),
    ]);
    const [ours, theirs] = [one, other].map((runtime) => parseSnapshot(JSON.stringify(runtime.snapshotNow())));
    const started = ({ nodes }: Snapshot): number =>
      nodes.flatMap(({ spawns }) => spawns).reduce((sum, { count }) => sum + count, 0);
    t.is(started(ours!), recording ? 1 : 0);
    t.is(started(theirs!), 1);
    t.is(theirs!.fibers.spawned, 4);
  }
});

test('long runs from one wait are one warning, however many places there are', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  const bodies = [1, 2, 3].map((ms) =>
    Object.defineProperty(
      function* () {
        for (let i = 0; i < 10; i++) {
          yield* sleep(1);
          clock.work(ms * 10);
        }
      },
      'name',
      { value: `route${ms}` },
    ),
  );
  await runtime.run(function* () {
    for (const body of bodies) yield* spawn(body);
  });
  const { warnings } = await runtime.snapshot();
  t.is(warnings.length, 1, warnings.join('\n'));
  t.regex(
    warnings[0]!,
    /^route3 runs \d+\.\d ms from sleep .* of 2 ms, and 2 more run too long from there: put a yieldNow/,
  );
});

test('of many locks those of deadlocks are listed and those waited for longest, and the rest is counted', async (t) => {
  const snapshot = await simulate(function* ({ runtime }) {
    const [ours, theirs] = [mutex({ name: 'ours' }), mutex({ name: 'theirs' })];
    const pool = resource('pool', { capacity: 3 });
    yield* spawnDaemon(() => pool.withPermit(sleep(1)));
    for (let n = 0; n < 1000; n++) {
      const key = mutex({ name: `key ${n}` });
      yield* spawnDaemon(() => key.withLock(sleep(100_000)));
      yield* sleep(1);
      yield* spawnDaemon(() => key.withLock(sleep(1)));
      // One that many wait for, for a shorter time.
      if (n === 990) for (let m = 0; m < 500; m++) yield* spawnDaemon(() => key.withLock(sleep(1)));
      yield* sleep(1);
    }
    yield* spawnDaemon(() => ours.withLock(both(theirs)));
    yield* spawnDaemon(() => theirs.withLock(both(ours)));
    yield* sleep(2);
    return runtime.snapshotNow();
  });
  const names = snapshot.locks.map(({ name }) => name);
  t.is(names.length, 100 + 2 + 1);
  for (const name of ['ours', 'theirs', 'pool', 'key 0', 'key 98', 'key 990']) t.true(names.includes(name), name);
  t.deepEqual(snapshot.moreLocks, { locks: 900, waiters: 900 });
  t.is(snapshot.warnings.filter((warning) => warning.startsWith('deadlock: ')).length, 1);
  t.deepEqual(describeDeadlocks(snapshot.locks), [snapshot.warnings[0]!]);
  t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
  t.regex(renderText(snapshot, { limit: 10 }), /lock +… and 993 more with 992 waiting fibers\n/);
  const two = add([snapshot, parseSnapshot(JSON.stringify(snapshot))]);
  t.deepEqual(two.moreLocks, { locks: 1800, waiters: 1800 });
});

function* both(lock: Mutex): Operation<void> {
  yield* sleep(1);
  yield* lock.withLock(sleep(1));
}

test('of ever so many deadlocks twenty are told apart', async (t) => {
  const { locks, moreLocks, warnings } = await simulate(function* ({ runtime }) {
    for (let n = 0; n < 150; n++) {
      const [a, b] = [mutex(), mutex()];
      yield* spawnDaemon(() => a.withLock(both(b)));
      yield* spawnDaemon(() => b.withLock(both(a)));
    }
    yield* sleep(2);
    return runtime.snapshotNow();
  });
  const told = warnings.filter((warning) => warning.startsWith('deadlock: '));
  t.is(told.length, 21);
  t.is(told.at(-1), 'deadlock: and 130 more of them');
  t.is(locks.length + moreLocks!.locks, 300);
  t.true(describeDeadlocks(locks).length >= 20);
});
