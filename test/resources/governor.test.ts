import test from 'ava';
import { event, gate, Runtime, scope, sleep, spawn, yieldNow, type Gate, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { Work, type Admitted, type EntryOptions } from '#src/fibers/governor.js';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import { Kind } from '#src/resources/kind.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { thrownBy } from '../support/thrown-by.js';
import { WorkClock } from '../support/work-clock.js';
import { SimulatedMachine } from './simulated-machine.js';

/** Runs `body` in a runtime that has a governor once a gate was opened. */
function governed(
  body: (runtime: Runtime, governor: () => ResourceGovernor) => Operation<void>,
  machine: SimulatedMachine = new SimulatedMachine({}),
  clock: VirtualClock = new VirtualClock(),
): Promise<void> {
  const runtime = new Runtime({ clock, machine });
  return runtime.run(() => body(runtime, () => runtime.loop.governor as ResourceGovernor));
}

test('what lives already when the first entry is opened is what lives without any fiber', async (t) => {
  const machine = new SimulatedMachine({});
  const { heap } = machine;
  // As that of the system: it is known from the start on.
  Object.assign(heap, { liveAfterMajor: 0, start: () => (heap.liveAfterMajor = 5e6) });
  await governed(function* (_runtime, governor) {
    gate({ name: 'work', goal: 100 });
    t.is(governor().outlook!.memory.model.base, 5e6);
  }, machine);
});

test('while no entry is open nothing is watched or limited, and all of it is again from the next one on', async (t) => {
  class Limited extends SimulatedMachine {
    override descriptorLimit(): number {
      return 100;
    }
  }
  const machine = new Limited({});
  await governed(function* ({ loop }) {
    const seen = (): unknown[] => [machine.heap.watched, loop.descriptors.limit];
    for (let i = 0; i < 2; i++) {
      yield* scope(function* () {
        gate({ name: 'work', goal: 100 });
        t.deepEqual(seen(), [true, 95]);
      });
      t.deepEqual(seen(), [false, Infinity]);
    }
  }, machine);
});

test('after a minute in which there was nothing to do, what work takes is learned as before', async (t) => {
  const clock = new WorkClock();
  await governed(
    function* (_runtime, governor) {
      const door = gate({ name: 'work', goal: 1000 });
      for (const wait of [0, 60_000]) {
        yield* sleep(wait);
        const work = Object.defineProperty(() => sleep(150), 'name', { value: `after ${wait}` });
        const asked = yield* spawn(() => door.admit(work));
        // It has begun when the first tick comes.
        for (let turn = 0; turn < 5; turn++) yield* yieldNow();
        clock.work(5);
        yield* asked.join();
      }
      const kinds = [...governor().entries].flatMap((entry) => [...entry.kinds.values()]);
      t.is(kinds.length, 2);
      for (const { name, inherent } of kinds)
        t.true(inherent.ms > 140 && inherent.ms < 165, `${name}: ${inherent.ms} ms`);
    },
    undefined,
    clock,
  );
});

test('by what was summed up in an earlier pass work is let in, and not refused', async (t) => {
  await governed(function* ({ loop }, find) {
    gate({ name: 'work', goal: 1000 });
    const governor = find();
    const [entry] = [...governor.entries];
    const kind = new Kind('work', 1);
    let sums = 0;
    const refresh = governor.outlook!.refresh.bind(governor.outlook);
    governor.outlook!.refresh = () => {
      sums++;
      refresh();
    };
    const ask = (live: number): string | null => {
      // Slow start lets in eight before any has finished.
      const since = loop.now;
      governor.live = kind.live = live;
      for (let i = 0; i < live; i++) entry!.nets.began(kind, since);
      const obstacle = governor.obstacle(entry!, kind, since);
      for (let i = 0; i < live; i++) entry!.nets.ended(kind, since, since);
      governor.live = 0;
      return obstacle;
    };
    t.is(ask(7), null);
    t.is(sums, 1);
    t.is(ask(8), 'slow start');
    t.is(sums, 1, 'it is as of now');
    yield* sleep(1);
    t.is(ask(7), null);
    t.is(sums, 1, 'it will do to let in');
    t.is(ask(8), 'slow start');
    t.is(sums, 2);
    t.is(ask(8), 'slow start');
    t.is(sums, 2);
    yield* sleep(2);
    t.is(ask(7), null);
    t.is(sums, 3, 'it is two ms old');
  });
});

test('work that lasts keeps no other kind out before any has finished, and nor more of its own than can be known', async (t) => {
  await governed(function* (_runtime, governor) {
    const door = gate({ name: 'work', goal: 100 });
    const [entry] = governor().entries;
    const end = event();
    function* listen(): Operation<void> {
      yield* end.wait();
    }
    function* page(): Operation<string> {
      return 'a page';
    }
    for (let i = 0; i < 200; i++) yield* spawn(() => door.admit(listen));
    yield* sleep(10);
    t.is(entry!.live, 8);
    t.is(yield* door.admit(page), 'a page');
    // At once eight, and two for each that has finished or has lasted for two goals.
    const live = (lasting: number): number => lasting + 8 + 2 * (lasting + 1);
    yield* sleep(90);
    t.is(entry!.live, live(0));
    yield* sleep(200);
    t.is(entry!.live, live(live(0)));
    yield* sleep(200);
    t.is(entry!.live, live(live(live(0))));
    yield* sleep(200);
    t.is(entry!.live, 200);
    t.is(entry!.refusals.size, 0);
    end.set();
  });
});

test('no turns of the outside world are taken for an entry to which no connections come', (t) => {
  const machine = new SimulatedMachine({});
  const { loop } = new Runtime({ clock: machine, machine });
  const turns = (options: Partial<EntryOptions>): number => {
    const entry = loop.openEntry({ name: 'work', goal: 100, ...options }) as GatedEntry;
    entry.close();
    return entry.turnsPerMs;
  };
  t.is(turns({}), 0);
  t.true(turns({ backlog: 64 }) > 0);
});

test('how long work took says nothing where the process stood still meanwhile', async (t) => {
  for (const [stoodStillMs, count] of [
    [60_000, 0],
    [0, 1],
  ] as const) {
    const clock = new WorkClock();
    await governed(
      function* (_runtime, find) {
        const door = gate({ name: 'work', goal: 1000 });
        const [entry] = [...find().entries];
        let told = 0;
        entry!.nets.finished = () => void told++;
        const asked = yield* spawn(() => door.admit(() => sleep(300)));
        for (let turn = 0; turn < 5; turn++) yield* yieldNow();
        clock.work(stoodStillMs);
        yield* asked.join();
        t.is(told, count, `${stoodStillMs} ms`);
      },
      undefined,
      clock,
    );
  }
});

test('work is refused as soon as what it still needs is more than what is left of its goal', async (t) => {
  await governed(function* (_runtime, find) {
    const door = gate({ name: 'work', goal: 1000 });
    Object.assign(find(), { findObstacle: () => 'cpu', remainingMs: () => 600 });
    const asked = yield* spawn(() => thrownBy(door.admit(() => sleep(1))));
    // As a burst it could wait for 0.7 of the goal; 0.95 of it less 0.6 are left.
    yield* sleep(340);
    t.is(asked.status, 'waiting');
    for (let turn = 0; turn < 2; turn++) yield* sleep(100);
    t.is(asked.status, 'succeeded');
    t.like(yield* asked.join(), { code: 'ERR_HEDDLE_OVERLOAD' });
  });
});

test('work is refused for what it had to wait for itself, and not for what the last to ask had', async (t) => {
  await governed(function* (_runtime, find) {
    const doors = ['pages', 'mail'].map((name) => gate({ name, goal: 100 }));
    Object.assign(find(), { findObstacle: (_entry: GatedEntry, { name }: Kind) => `what ${name} needs` });
    const ask = (door: Gate, name: string): Operation<unknown> =>
      spawn(() => thrownBy(door.admit(Object.defineProperty(function* () {}, 'name', { value: name }))));
    for (const name of ['a', 'b', 'a', 'c']) yield* ask(doors[0]!, name);
    yield* ask(doors[1]!, 'd');
    yield* sleep(200);
    t.deepEqual(
      [...find().entries].map(({ refusals }) => [...refusals]),
      [
        [
          ['what a needs', 2],
          ['what b needs', 1],
          ['what c needs', 1],
        ],
        [['what d needs', 1]],
      ],
    );
  });
});

test('what has a high priority takes a twentieth of the processor, with 100 ms saved up, and asks like others beyond', async (t) => {
  await governed(function* (_runtime, find) {
    const door = gate({ name: 'checks', goal: 60_000, priority: 10 });
    // As if others needed all there is.
    let obstacle: string | null = 'cpu';
    Object.assign(find(), { findObstacle: () => obstacle });
    const end = event();
    const [entry] = find().entries;
    let asked = 0;
    function* check(): Operation<void> {
      yield* end.wait();
    }
    /** How many of so many are let in now. What one takes nobody knows yet: it is taken for a ms. */
    function* letIn(count: number): Operation<number> {
      const before = entry!.live;
      for (let i = 0; i < count; i++) yield* spawn(() => door.admit(check));
      asked += count;
      while ((entry!.kinds.get('check')?.offered ?? 0) < asked) yield* yieldNow();
      return entry!.live - before;
    }
    t.is(yield* letIn(150), 100);
    t.is(yield* letIn(1), 0);
    yield* sleep(50);
    t.is(yield* letIn(10), 3, 'the last one borrows');
    obstacle = null;
    end.set();
  });
});

class Short extends Work {
  override begin(admitted: Admitted): void {
    admitted.end();
  }
  override refuse(): void {}
}

test('crowds run long within a poll while most requests come on connections that are kept', async (t) => {
  await governed(function* ({ loop }, governor) {
    const server = loop.openEntry({ name: 'server', goal: 500, backlog: 64 })!;
    const serve = function* (isFirst: boolean): Operation<void> {
      for (let tick = 0; tick < 30; tick++) {
        server.offer(new Short('request', 1, isFirst));
        yield* sleep(100);
      }
    };
    yield* serve(true);
    t.is(governor().pollMs, 0);
    yield* serve(false);
    t.is(governor().pollMs, 30);
    const door = gate({ name: 'work', goal: 100 });
    yield* door.admit(() => sleep(1));
    yield* sleep(200);
    t.is(governor().pollMs, 6, 'the shortest goal counts, and what does not come on connections needs no turns');
    server.close();
  });
});
