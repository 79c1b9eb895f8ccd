import test from 'ava';
import {
  ArgumentError,
  channel,
  DeadlockError,
  event,
  gate,
  moveOnAfter,
  OverloadError,
  resource,
  Runtime,
  scope,
  sleep,
  spawn,
  spawnDaemon,
  withTimeout,
  type Operation,
} from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { currentFiber } from '#src/fibers/current.js';
import type { Fiber } from '#src/fibers/fiber.js';
import { Work, type Admitted } from '#src/fibers/governor.js';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import { fuzzSeeds } from '../support/fuzz.js';
import { leftovers } from '../support/no-leak.js';
import { ImpatientClock } from '../support/impatient-clock.js';
import { Random } from '#src/base/random.js';
import { SimulatedMachine } from './simulated-machine.js';

const NOTHING = { live: 0, scopes: 0, ready: 0, timers: 0 };

/** Its limit of descriptors is set anew while it runs, as `prlimit` does. */
class ChangingMachine extends SimulatedMachine {
  limit: number | null = 100;
  override descriptorLimit(): number | null {
    return this.limit;
  }
}

test('a part of scheduling that there is not, or that is neither on nor off, is refused', (t) => {
  for (const [scheduling, message] of [
    [5, /^Expected `scheduling` to be an object, got/],
    [{ cpuGat: false }, /^Expected `scheduling` to be an object with any of cpuGate, .*, got .*cpuGat/],
    [{ cpuGate: 0 }, /^Expected `scheduling\.cpuGate` to be true or false, got/],
  ] as const)
    t.throws(() => new Runtime({ scheduling: scheduling as never }), { instanceOf: ArgumentError, message });
});

test('a limit of descriptors that changes while the program runs is known within a second or so', async (t) => {
  const machine = new ChangingMachine({});
  const runtime = new Runtime({ clock: new VirtualClock(), machine });
  const seen = await runtime.run(function* () {
    const stock = runtime.loop.descriptors;
    const seen: number[] = [];
    const files = gate({ name: 'files', goal: 1000 });
    yield* spawn(() =>
      files.admit(function* work() {
        yield* sleep(10_000);
      }),
    );
    for (const limit of [100, 20, 1000, null]) {
      machine.limit = limit;
      yield* sleep(1200);
      seen.push(stock.limit);
    }
    return seen;
  });
  t.deepEqual(seen, [95, 19, 950, Infinity]);
  t.deepEqual(leftovers(runtime), NOTHING);
});

test('a limit that falls below what is open holds back who wants more, until enough was closed', async (t) => {
  const machine = new ChangingMachine({});
  const runtime = new Runtime({ clock: new VirtualClock(), machine });
  const opened = await runtime.run(function* () {
    const files = gate({ name: 'files', goal: 1000, patient: true });
    const use = (count: number, ms: number): Operation<number> =>
      files.admit(function* work() {
        const closers = [];
        const fiber = currentFiber('work') as Fiber;
        for (let i = 0; i < count; i++) closers.push(yield* machine.openFile(fiber));
        const opened = runtime.loop.clock.now();
        yield* sleep(ms);
        for (const close of closers) close();
        return opened;
      });
    yield* spawn(() => use(50, 3000));
    yield* sleep(100);
    machine.limit = 60;
    yield* sleep(1200);
    return yield* use(1, 0);
  });
  // Beside twenty of its own.
  t.true(opened >= 3000, `${opened}`);
});

/** Other libraries have descriptors open, too. */
class BusyMachine extends SimulatedMachine {
  foreign: number = 98;
  override descriptorLimit(): number | null {
    return 100;
  }
  override openDescriptors(): number {
    return this.foreign;
  }
}

test('beside an idle server, and after it, a fiber that opens a file learns that others have closed theirs', async (t) => {
  for (const closes of ['before it asks', 'while it waits', 'never, but the server does']) {
    const machine = new BusyMachine({});
    const runtime = new Runtime({ clock: new VirtualClock(), machine });
    const waited = await runtime.run(function* () {
      const closing = event();
      yield* spawn(() =>
        scope(function* server() {
          yield* gate({ name: 'server', goal: 500 }).admit(function* work() {
            yield* sleep(300);
          });
          yield* closing.wait();
        }),
      );
      yield* sleep(10_000);
      if (closes === 'before it asks') machine.foreign = 5;
      yield* spawn(function* other() {
        yield* sleep(5000);
        if (closes === 'while it waits') machine.foreign = 5;
        if (closes.startsWith('never')) closing.set();
      });
      const began = runtime.loop.clock.now();
      const holding = yield* withTimeout(60_000, runtime.loop.descriptors.take());
      const waited = runtime.loop.clock.now() - began;
      runtime.loop.descriptors.giveBack(holding);
      closing.set();
      return waited;
    });
    t.true(waited <= (closes === 'before it asks' ? 1100 : 6100), `${closes}: ${waited} ms`);
    t.deepEqual(leftovers(runtime), NOTHING);
  }
});

/** A clock that is set forwards and backwards by hours. */
class JumpingClock extends VirtualClock {
  offset: number = 0;
  override now(): number {
    return super.now() + this.offset;
  }
  override alarm(at: number, expire: () => void): void {
    super.alarm(at - this.offset, expire);
  }
}

test('a clock that jumps forwards and backwards ends no program, and loses nobody', async (t) => {
  for (const seed of fuzzSeeds(20)) {
    const random = new Random(seed);
    const clock = new JumpingClock();
    const runtime = new Runtime({ clock, machine: new SimulatedMachine({}), seed });
    const done = await runtime.run(function* () {
      let done = 0;
      const jobs = channel<number>(2);
      const mail = gate({ name: 'mail', goal: 500, patient: true });
      yield* spawnDaemon(function* () {
        for (;;) {
          yield* sleep(random.below(5));
          clock.offset += (random.below(3) - 1) * 3_600_000 * random.next();
        }
      });
      yield* spawnDaemon(() => jobs.forEach(() => sleep(1)));
      yield* scope(function* (inner) {
        for (let i = 0; i < 50; i++)
          inner.spawn(() =>
            mail.admit(function* work() {
              yield* jobs.send(i);
              yield* withTimeout(1e9, sleep(random.below(20)));
              done++;
            }),
          );
      });
      parseSnapshot(JSON.stringify(runtime.snapshotNow()));
      return done;
    });
    t.is(done, 50, `[seed ${seed}]`);
    t.deepEqual(leftovers(runtime), NOTHING, `[seed ${seed}]`);
  }
});

test('who takes no notice of being refused, and asks again at once for ever, stops nobody else', async (t) => {
  const runtime = new Runtime({ clock: new ImpatientClock() });
  const { asked, done } = await runtime.run(function* () {
    const mail = yield* scope(function* () {
      return gate({ name: 'closed', goal: 100 });
    });
    let [asked, done] = [0, 0];
    yield* spawn(function* () {
      for (; done < 20; done++) yield* sleep(1);
    });
    yield* moveOnAfter(
      500,
      (function* () {
        for (;;) {
          try {
            yield* mail.admit(function* never() {});
          } catch (error) {
            if (!(error instanceof OverloadError)) throw error;
            asked++;
          }
        }
      })(),
    );
    return { asked, done };
  });
  t.true(asked > 20, `${asked}`);
  t.is(done, 20);
});

/** Begins, and never says that it is over; says nothing when it is refused. */
class Mute extends Work {
  admitted: Admitted | null = null;
  begin(admitted: Admitted): void {
    this.admitted = admitted;
  }
  refuse(): void {}
}

test('work that never says that it is over keeps its place, and what comes after it does not pile up', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock(), machine: new SimulatedMachine({}) });
  await runtime.run(function* () {
    const entry = runtime.loop.openEntry({ name: 'mute', goal: 100 }) as GatedEntry;
    const works: Mute[] = [];
    for (let i = 0; i < 5000; i++) {
      const work = new Mute('mute', 1, false);
      works.push(work);
      entry.offer(work);
    }
    t.true(entry.queue.size <= 1000, `${entry.queue.size} wait`);
    yield* sleep(1000);
    t.is(entry.queue.size, 0);
    const [kind] = [...entry.kinds.values()];
    t.is(kind!.offered, 5000);
    t.is(kind!.admitted + kind!.refused, 5000);
    t.is(kind!.live, kind!.admitted);
    // To say it twice does not count twice.
    for (const { admitted } of works) for (let i = 0; i < 2; i++) admitted?.end();
    t.deepEqual([kind!.live, entry.live], [0, 0]);
    entry.close();
    yield* sleep(200);
  });
  t.deepEqual(leftovers(runtime), NOTHING);
});

test('a permit that its fiber has never released stays out, and who waits for it is told who has it', async (t) => {
  const error = await t.throwsAsync(
    new Runtime({ clock: new VirtualClock() }).run(function* () {
      const seats = resource('seats', { capacity: 1 });
      yield* (yield* spawn(function* careless() {
        yield* seats.acquire();
      })).join();
      yield* seats.acquire();
    }),
    { instanceOf: DeadlockError },
  );
  t.regex(error.dump, /seats[^]*careless/);
});
