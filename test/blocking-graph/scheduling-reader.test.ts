import test from 'ava';
import { all, call, gate, OverloadError, Runtime, semaphore, sleep, spawn, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { predictRemaining } from '#src/blocking-graph/remaining.js';
import { renderPrometheus } from '#src/blocking-graph/render/prometheus.js';
import { renderText } from '#src/blocking-graph/render/text.js';
import type { NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { subtract } from '#src/blocking-graph/subtract.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { SimulatedMachine } from '../resources/simulated-machine.js';
import { SimulatedServer, type RequestKind } from '../resources/simulated-server.js';

/** Computes for two milliseconds, waits, computes again. */
const light: RequestKind = {
  name: 'light',
  *handler(server) {
    server.work(2);
    yield* sleep(30);
    server.work(1);
  },
};

/** Functions of their own, as compiled code has them, so that the two waits are two nodes. */
function* prepare(): Operation<void> {
  yield* sleep(20);
}
function* hold(): Operation<void> {
  yield* sleep(350);
}
const memory: RequestKind = {
  name: 'memory',
  *handler(server, job) {
    yield* call(prepare);
    server.allocate(job, 8e6);
    server.work(1);
    yield* call(hold);
  },
};

function after(kinds: readonly RequestKind[], rate: number, seconds: number): Snapshot {
  return new SimulatedServer({ kinds, rate, seconds }).run().runtime.snapshotNow();
}

test('a program without an entry has nothing scheduled by resources', (t) => {
  t.is(new Runtime({ clock: new VirtualClock() }).snapshotNow().scheduling, null);
});

test('a server below its capacity is limited by nothing, and has refused nothing', (t) => {
  const snapshot = after([light], 100, 4);
  const { limiting, entries, resources, heldBack, stopped } = snapshot.scheduling!;
  t.is(limiting, null);
  t.deepEqual([heldBack, stopped], [0, 0]);
  t.is(entries.length, 1);
  t.like(entries[0], { name: 'simulated', goalMs: 500, queued: 0, refusals: [], refusing: null });
  const [kind] = entries[0]!.kinds;
  t.true(kind!.admitted > 300);
  t.is(kind!.admitted, kind!.finished + kind!.live);
  const [cpu] = resources;
  t.like(cpu, { name: 'cpu', kind: 'rate', unit: 'processors' });
  // A turn of the loop takes some µs outside of fibers.
  t.true(cpu!.capacity! > 0.98 && cpu!.capacity! < 1, `${cpu!.capacity} processors`);
  t.true(cpu!.used > 0.2 && cpu!.used < 0.5, `${cpu!.used} of the processor`);
  t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
});

test('a server at four times its capacity says that it is the processor, since when it refuses, and warns', (t) => {
  const snapshot = after([light], 1300, 9);
  const { limiting, entries, resources } = snapshot.scheduling!;
  t.is(limiting, 'cpu');
  const [entry] = entries;
  t.is(entry!.refusing?.reason, 'cpu');
  t.true(entry!.refusing!.forMs > 6000 && entry!.refusing!.forMs < 9000, `${entry!.refusing!.forMs} ms`);
  const refused = entry!.kinds.reduce((sum, kind) => sum + kind.refused, 0);
  t.is(
    entry!.refusals.reduce((sum, { count }) => sum + count, 0),
    refused,
  );
  for (const kind of entry!.kinds)
    t.is(kind.offered, kind.admitted + kind.refused + kind.withdrawn + entry!.queued, 'all that came is accounted for');
  t.true(resources[0]!.blocked > 100);
  t.true(snapshot.warnings.some((one) => /^simulated has been refusing work for \d s, most of it because/.test(one)));
  t.regex(renderText(snapshot), /^scheduling {6}the limiting resource is cpu · /m);
  t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
});

test('a server short of memory says how much of it lives, what a run takes, and whom it holds back', (t) => {
  const snapshot = after([memory], 200, 6);
  const { limiting, memory: heap, resources } = snapshot.scheduling!;
  t.is(limiting, 'memory');
  t.true(heap!.liveBytes > 60e6 && heap!.liveBytes < 256e6, `${heap!.liveBytes} bytes alive`);
  const used = resources.find(({ name }) => name === 'memory')!;
  t.like(used, { kind: 'stock', unit: 'bytes' });
  t.true(used.used > 0.3 * used.capacity!);
  const taking = snapshot.nodes.find(({ allocated }) => allocated !== null && allocated.heapBytes > 7e6);
  t.truthy(taking, 'the node from which 8 MB are allocated');
  t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
});

test('fibers that are held back are counted at their node, with by what and for how long', (t) => {
  const seen: Snapshot[] = [];
  const dear: RequestKind = {
    name: 'dear',
    *handler(server, job) {
      yield* call(prepare);
      server.allocate(job, 24e6);
      server.work(1);
      yield* call(hold);
      const { governor } = server.runtime.loop;
      if ((governor as ResourceGovernor).heldLists.length > 0) seen.push(server.runtime.snapshotNow());
    },
  };
  // Without the gates at the door it is the check within that holds them back, and with little room in the heap for long.
  const scheduling = { stockGate: false, cpuGate: false, latencyNet: false, heapRoom: false };
  new SimulatedServer({ kinds: [dear], rate: 60, seconds: 5, scheduling }).run();
  t.true(seen.length > 0, 'somebody was held back');
  for (const snapshot of seen) {
    const held = snapshot.nodes.filter((node) => node.held !== null);
    t.is(
      held.reduce((sum, node) => sum + node.held!.fibers, 0),
      snapshot.scheduling!.heldBack,
    );
    for (const node of held) {
      t.is(node.held!.by, 'memory');
      t.true(node.held!.fibers <= node.ready, 'they are among the ready');
    }
    t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
  }
  t.true(
    seen.some(({ nodes }) => nodes.some(({ held }) => held !== null && held.forMs > 300)),
    'some for longer than a few looks',
  );
});

test('what the program expects of its fibers a snapshot of it predicts too', (t) => {
  // Collections that are rare and long would be in what has been in all, and not in what has been of late.
  const scheduling = { heapRoom: false };
  const server = new SimulatedServer({ kinds: [light, memory], rate: 60, seconds: 4, scheduling }).run();
  const snapshot = server.runtime.snapshotNow();
  const followed = snapshot.nodes.filter(({ ahead, arrivals }) => ahead !== null && arrivals > 20);
  t.true(followed.length >= 5);
  const predicted = new Map(predictRemaining(snapshot).nodes.map((one) => [one.node.id, one]));
  for (const node of followed) {
    const { timeMs, demands } = predicted.get(node.id)!;
    const within = (a: number, b: number): boolean => Math.abs(a - b) <= 0.15 * Math.max(a, b) + 0.2;
    const name = `${node.label} of ${node.chain.join(' → ')}`;
    t.true(within(timeMs!, node.ahead!.timeMs), `${name}: ${timeMs} and ${node.ahead!.timeMs} ms`);
    t.true(within(demands[0]!.work, node.ahead!.cpuMs), `${name}: ${demands[0]!.work} and ${node.ahead!.cpuMs} ms cpu`);
  }
});

test('of the time between two snapshots the counts are those of the time in between', (t) => {
  const server = new SimulatedServer({ kinds: [light], rate: 1300, seconds: 4 });
  const earlier = server.runtime.snapshotNow();
  const whole = server.run().runtime.snapshotNow();
  const between = subtract(whole, earlier).scheduling!;
  t.deepEqual(between.entries[0]!.kinds, whole.scheduling!.entries[0]!.kinds);
  t.is(subtract(whole, whole).scheduling!.entries[0]!.kinds[0]!.offered, 0);
});

/** Runs in virtual time, and takes a snapshot at each of the given times. */
async function snapshotsAt(times: readonly number[], body: () => Operation<void>): Promise<Snapshot[]> {
  const runtime = new Runtime({ clock: new VirtualClock({ autoAdvance: true }), machine: new SimulatedMachine({}) });
  const taken: Snapshot[] = [];
  await runtime.run(function* () {
    yield* spawn(function* observe() {
      let at = 0;
      for (const time of times) {
        yield* sleep(time - at);
        at = time;
        taken.push(runtime.snapshotNow());
      }
    });
    yield* body();
  });
  return taken;
}

test('work waits for what is known while little is known, and is refused once it is too late for it', async (t) => {
  const [early, late] = await snapshotsAt([150, 600], function* () {
    const door = gate({ name: 'door', goal: 500 });
    let visits = 0;
    function* visit(): Operation<void> {
      // What has ended is no stream, for which it would wait on.
      yield* sleep(++visits === 1 ? 10 : 1000);
    }
    function* knock(): Operation<boolean> {
      try {
        yield* door.admit(visit);
        return true;
      } catch (error) {
        if (error instanceof OverloadError) return false;
        throw error;
      }
    }
    yield* all(Array.from({ length: 20 }, knock));
  });
  t.like(early!.scheduling, { limiting: 'slow start', live: 10 });
  t.like(early!.scheduling!.entries[0], { name: 'door', live: 10, queued: 9, refusals: [], refusing: null });
  const [entry] = late!.scheduling!.entries;
  t.deepEqual(entry!.refusals, [{ reason: 'slow start', count: 9 }]);
  t.like(entry!.kinds[0], { name: 'visit', offered: 20, admitted: 11, refused: 9, live: 10, finished: 1 });
  t.is(entry!.refusing?.reason, 'slow start');
});

test('of a pool it is told for how long a grant takes its slots', (t) => {
  const pool = semaphore(4, { name: 'pool' });
  const query: RequestKind = {
    name: 'query',
    *handler() {
      yield* pool.withPermit(sleep(40));
    },
  };
  const snapshot = after([query], 90, 10);
  const { resources } = snapshot.scheduling!;
  const { name, holdMs } = resources.find((one) => one.name.includes('pool`'))!;
  t.true(holdMs > 35 && holdMs < 45, `${holdMs} ms`);
  t.is(resources.find((one) => one.name === 'cpu')!.holdMs, 0);
  const works = predictRemaining(snapshot).nodes.flatMap(({ demands }) =>
    demands.filter(({ resource }) => resource === name).map(({ work }) => work),
  );
  // Where a slot is waited for it is going to be taken; who never waits for one is not counted.
  t.true(Math.abs(Math.max(...works) - holdMs) < 1, works.join());
});

test('two gates of one name, and two pools of one name, are one in the snapshot', async (t) => {
  const [snapshot] = await snapshotsAt([350], function* () {
    const doors = [gate({ name: 'door', goal: 500 }), gate({ name: 'door', goal: 300 })];
    const pools = [semaphore(1, { name: 'pool' }), semaphore(3, { name: 'pool' })];
    const visits = pools.map(
      (pool) =>
        function* visit(): Operation<void> {
          yield* pool.withPermit(sleep(400));
        },
    );
    yield* all(doors.flatMap((door, i) => [0, 1].map(() => door.admit(visits[i]!))));
  });
  t.is(snapshot!.scheduling!.entries.length, 1);
  t.like(snapshot!.scheduling!.entries[0], { name: 'door', goalMs: 300, live: 4 });
  const pools = snapshot!.scheduling!.resources.filter(({ unit }) => unit === 'slots');
  t.true(pools.length <= 1);
  t.deepEqual(parseSnapshot(JSON.stringify(snapshot)), snapshot);
  t.true(renderPrometheus(snapshot!).includes('heddle_entry_live{entry="door"} 4'));
});

test('fibers that were started are counted where they were started', async (t) => {
  const [snapshot] = await snapshotsAt([5], function* () {
    yield* sleep(1);
    for (let i = 0; i < 3; i++) yield* spawn(() => sleep(10));
  });
  const links = snapshot!.nodes.flatMap((node: NodeSnapshot) => node.spawns.map(({ count }) => [node.label, count]));
  t.true(
    links.some(([label, count]) => label === 'sleep' && count === 3),
    JSON.stringify(links),
  );
});
