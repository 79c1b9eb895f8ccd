import test from 'ava';
import { all, mutex, Runtime, semaphore, sleep, spawn, suspend, yieldNow, type Operation } from 'heddle';
import { simulate, VirtualClock } from 'heddle/testing';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
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

test('a fiber that got its lock while the survey was under way is not shown as waiting for it', async (t) => {
  // Two fibers that lock a and b in opposite order at different times: a survey that mixed what it saw at two instants
  // would report them as a deadlock.
  const clock = new SlowClock();
  const runtime = new Runtime({ clock, sliceMs: 0.01 });
  const reported: string[] = [];
  let stop = false;
  const program = runtime.run(function* () {
    const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
    // So many that a survey takes several turns.
    for (let i = 0; i < 3000; i++) yield* spawn(() => sleep(100_000));
    yield* spawn(function* one() {
      while (!stop) {
        const first = yield* a.lock();
        yield* yieldNow();
        first.release();
        const second = yield* b.lock();
        yield* yieldNow();
        second.release();
      }
    });
    yield* spawn(function* two() {
      while (!stop) {
        const first = yield* b.lock();
        yield* yieldNow();
        first.release();
        const second = yield* a.lock();
        yield* yieldNow();
        second.release();
      }
    });
  });
  for (let i = 0; i < 30; i++) {
    const snapshot: Snapshot = await runtime.snapshot();
    reported.push(...snapshot.warnings.filter((warning) => warning.startsWith('deadlock')));
    t.true(snapshot.fibers.waiting <= snapshot.fibers.live);
    for (const lock of snapshot.locks) t.true(lock.waiters.length > 0);
  }
  stop = true;
  await program;
  t.deepEqual(reported, []);
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
