import test from 'ava';
import { call, channel, Runtime, scope, sleep, spawn, suspend, until, yieldNow, type Operation } from 'heddle';
import { simulate, VirtualClock, type World } from 'heddle/testing';
import type { GraphRecorder } from '#src/blocking-graph/graph-recorder.js';
import type { NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { percentileMs } from '#src/base/histogram-snapshot.js';
import { WorkClock } from '../support/work-clock.js';

function text(node: NodeSnapshot): string {
  return `${node.chain.join(' > ')} ${node.label}${node.subject === null ? '' : `(${node.subject})`}`;
}

function find(snapshot: Snapshot, wanted: string): NodeSnapshot {
  const node = snapshot.nodes.find((one) => text(one) === wanted);
  if (node === undefined) throw new Error(`no ${wanted} among ${snapshot.nodes.map(text).join(', ')}`);
  return node;
}

/** The counts of the edges, by what they connect. */
function edges(snapshot: Snapshot): Record<string, number> {
  const name = new Map(snapshot.nodes.map((node) => [node.id, text(node)]));
  return Object.fromEntries(
    snapshot.edges.map((edge) => [`${name.get(edge.from)} -> ${name.get(edge.to)}`, edge.count]),
  );
}

test('nodes are the places where fibers wait, edges what comes after what, and counts are exact', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    const jobs = channel<number>(0, { name: 'jobs' });
    function* worker(): Operation<void> {
      for (let i = 0; i < 3; i++) {
        yield* jobs.receive();
        yield* sleep(1);
      }
    }
    const fiber = yield* spawn(worker);
    yield* sleep(1);
    for (let i = 0; i < 3; i++) {
      yield* jobs.send(i);
      yield* sleep(5);
    }
    yield* fiber.join();
    return runtime.snapshotNow();
  });
  const counts = edges(snapshot);
  t.is(counts['worker spawn -> worker channel.receive(jobs)'], 1);
  t.is(counts['worker channel.receive(jobs) -> worker sleep'], 3);
  t.is(counts['worker sleep -> worker channel.receive(jobs)'], 2);
  t.is(counts['worker sleep -> worker exit'], 1);
  t.is(find(snapshot, 'worker spawn').arrivals, 1);
  t.is(find(snapshot, 'worker channel.receive(jobs)').arrivals, 3);
  t.is(find(snapshot, 'worker exit').arrivals, 1);
});

test('what completes at once is no wait and makes no node', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    const jobs = channel<number>(10);
    yield* jobs.send(1);
    yield* jobs.receive();
    return runtime.snapshotNow();
  });
  t.false(snapshot.nodes.some((node) => node.label.startsWith('channel')));
});

test('fibers of one function share nodes, however many closures there are of it', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    yield* scope(function* (inner) {
      for (let i = 0; i < 10; i++)
        inner.spawn(function* handler() {
          yield* sleep(i);
        });
    });
    return runtime.snapshotNow();
  });
  t.is(snapshot.nodes.filter((node) => node.chain[0] === 'handler').length, 3);
  t.is(find(snapshot, 'handler spawn').arrivals, 10);
  t.is(find(snapshot, 'handler sleep').arrivals, 10);
});

test('functions without a name are anonymous', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    const fiber = yield* spawn(() => sleep(1));
    yield* fiber.join();
    return runtime.snapshotNow();
  });
  t.is(find(snapshot, 'anonymous sleep').arrivals, 1);
});

test('calls lengthen the chain, returns and errors shorten it, recursion folds it', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    function* inner(depth: number): Operation<void> {
      yield* sleep(1);
      if (depth > 0) yield* call(inner, depth - 1);
      else throw new Error('bottom');
    }
    function* handler(): Operation<void> {
      try {
        yield* call(inner, 5);
      } catch {
        yield* yieldNow();
      }
    }
    const fiber = yield* spawn(handler);
    yield* fiber.join();
    return runtime.snapshotNow();
  });
  t.is(find(snapshot, 'handler > inner sleep').arrivals, 6);
  t.is(find(snapshot, 'handler yield').arrivals, 1);
  t.is(find(snapshot, 'handler exit').arrivals, 1);
});

test('chains have a bounded length', async (t) => {
  const longest = await simulate(function* program({ runtime }) {
    function* descend(depth: number): Operation<void> {
      yield* yieldNow();
      if (depth === 0) return;
      const next = Object.defineProperty((d: number) => descend(d), 'name', { value: `level${depth}` });
      yield* call(next, depth - 1);
    }
    yield* descend(200);
    return Math.max(...runtime.snapshotNow().nodes.map((node) => node.chain.length));
  });
  t.is(longest, 50);
});

test('a fiber keeps its name whatever it calls', async (t) => {
  await simulate(function* program() {
    function* query(): Operation<void> {
      yield* sleep(5);
    }
    const fiber = yield* spawn(function* handler() {
      yield* call(query);
    });
    yield* sleep(1);
    t.is(fiber.name, 'handler');
    yield* fiber.join();
    t.is(fiber.name, 'handler');
  });
});

test('waits are measured from the suspension to the wake-up', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    yield* scope(function* (inner) {
      for (const ms of [10, 10, 10, 1000])
        inner.spawn(function* sleeper() {
          yield* sleep(ms);
        });
    });
    return runtime.snapshotNow();
  });
  const { wait } = find(snapshot, 'sleeper sleep');
  t.is(wait!.count, 4);
  t.is(Math.round(wait!.sumMs), 1030);
  const median = percentileMs(wait!, 50)!;
  t.true(Math.abs(median - 10) < 1, String(median));
});

test('a wait that something outside of the runtime ends lasts until that moment, and not until the last reading of the clock', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  await runtime.run(function* program() {
    yield* suspend<void>((resume) => {
      clock.defer(() => {
        clock.work(5);
        resume();
      });
    }, 'door');
  });
  t.is(Math.round(find(runtime.snapshotNow(), 'program suspend(door)').wait!.sumMs), 5);
});

test('running times are sampled on edges and metered on nodes', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  await runtime.run(function* worker() {
    for (let i = 0; i < 1000; i++) {
      yield* sleep(1);
      clock.work(0.25);
    }
  });
  const snapshot = runtime.snapshotNow();
  const node = find(snapshot, 'worker sleep');
  t.is(node.run.samples, 1000);
  t.true(Math.abs(node.run.totalMs - 250) < 1e-6, String(node.run.totalMs));
  t.true(Math.abs(node.run.meanMs! - 0.25) < 0.01);
  const loop = snapshot.edges.find((edge) => edge.from === node.id && edge.to === node.id)!;
  t.true(loop.samples >= 10 && loop.samples <= 20, String(loop.samples));
  t.true(Math.abs(loop.meanMs! - 0.25) < 1e-9);
});

test('where the run queue does not keep nodes apart, running times of nodes are those of the runs that were sampled', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, queue: 'fifo', sampleEvery: 1 });
  await runtime.run(function* worker() {
    for (let i = 0; i < 10; i++) {
      yield* sleep(1);
      clock.work(i < 9 ? 2 : 4);
    }
  });
  const { id, run } = find(runtime.snapshotNow(), 'worker sleep');
  t.is(run.samples, 10);
  t.is(Math.round(run.totalMs * 1e6) / 1e6, 9 * 2 + 4);
  t.is(Math.round(run.meanMs! * 1e6) / 1e6, 2.2);
  const node = [...(runtime.loop.recorder as GraphRecorder).nodes.values()].find((one) => one.id === id)!;
  t.is(node.runs, 10);
  t.is(Math.round(node.ranMs * 1e6) / 1e6, 22);
});

test('what is allocated from a node is a mean of the runs that were measured, and unknown before the first', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  await runtime.run(function* worker() {
    yield* sleep(1);
  });
  const { id, allocated } = find(runtime.snapshotNow(), 'worker sleep');
  t.is(allocated, null);
  const recorder = runtime.loop.recorder as GraphRecorder;
  const node = [...recorder.nodes.values()].find((one) => one.id === id)!;
  recorder.allocated(null as never, node, 1000, 10);
  recorder.allocated(null as never, node, 3000, 30);
  t.deepEqual(find(runtime.snapshotNow(), 'worker sleep').allocated, {
    heapBytes: 2000,
    externalBytes: 20,
    samples: 2,
  });
});

test('fibers that are ready are told from those that wait, with each run queue', async (t) => {
  for (const queue of ['fifo', 'stride', 'shuffled'] as const)
    await simulate(
      function* program({ runtime }) {
        function* sleeper(): Operation<void> {
          yield* sleep(1);
        }
        for (let i = 0; i < 5; i++) yield* spawn(sleeper);
        const begun = find(runtime.snapshotNow(), 'sleeper spawn');
        t.like(begun, { fibers: 5, ready: 5, waiting: 0, oldestMs: null }, queue);
        yield* sleep(0.5);
        t.like(find(runtime.snapshotNow(), 'sleeper sleep'), { fibers: 5, ready: 0, waiting: 5 }, queue);
      },
      { queue },
    );
});

test('counts balance at every instant: fibers are what came in less what went out', async (t) => {
  const check = (snapshot: Snapshot): void => {
    const live = snapshot.nodes.reduce((sum, node) => sum + node.fibers, 0);
    t.is(live, snapshot.fibers.live);
    for (const node of snapshot.nodes) {
      t.true(node.fibers >= 0 && node.waiting >= 0 && node.ready >= 0);
      t.is(node.waiting + node.ready, node.fibers);
      const came = snapshot.edges.filter((edge) => edge.to === node.id).reduce((sum, edge) => sum + edge.count, 0);
      const went = snapshot.edges.filter((edge) => edge.from === node.id).reduce((sum, edge) => sum + edge.count, 0);
      if (node.label !== 'spawn') t.is(node.arrivals, came);
      t.is(node.fibers, node.label === 'exit' ? 0 : node.arrivals - went);
    }
  };
  for (const queue of ['shuffled', 'stride', 'fifo'] as const)
    for (let seed = 1; seed <= 10; seed++)
      await simulate(
        function* ({ runtime, random }: World) {
          const jobs = channel<number>(2, { name: 'jobs' });
          yield* scope(function* (inner) {
            for (let i = 0; i < 20; i++)
              inner.spawn(function* worker() {
                for (let j = 0; j < 5; j++) {
                  if (random.below(2) === 0) yield* jobs.send(j);
                  else yield* sleep(random.below(4));
                  check(runtime.snapshotNow());
                }
              });
            inner.spawnDaemon(() => jobs.forEach(() => sleep(1)));
          });
          check(runtime.snapshotNow());
        },
        { seed, queue },
      );
});

test('names made at run time do not let the graph grow without bound, and what is lost is counted', async (t) => {
  const {
    snapshot,
    nodes,
    edges: edgeCount,
  } = await simulate(
    function* program({ runtime }) {
      for (let i = 0; i < 20_000; i++) {
        const kind = Object.defineProperty(() => sleep(0), 'name', { value: `kind${i}` });
        yield* spawn(kind);
        if (i % 1000 === 0) yield* sleep(1);
      }
      yield* sleep(1);
      for (let i = 0; i < 2000; i++) yield* until(Promise.resolve(), `query${i}`);
      const taken = runtime.snapshotNow();
      return { snapshot: taken, nodes: taken.nodes.length, edges: taken.edges.length };
    },
    { queue: 'fifo' },
  );
  t.true(nodes <= 5002, String(nodes));
  t.true(edgeCount <= 20_000, String(edgeCount));
  t.true(snapshot.lost > 0);
  t.is(snapshot.fibers.live, 1);
  t.is(
    snapshot.nodes.reduce((sum, node) => sum + node.fibers, 0),
    1,
    'those that have ended stand nowhere, also where there was no room for their exit',
  );
});

test('one place that leads to thousands keeps few edges', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    for (let i = 0; i < 3000; i++) {
      const line = channel<void>(0, { name: `line${i}` });
      yield* spawn(function* answer() {
        yield* line.receive();
      });
    }
    yield* sleep(1);
    const taken = runtime.snapshotNow();
    throw Object.assign(new Error('stop'), { taken });
  }).catch((error: Error & { taken?: Snapshot }) => error.taken!);
  const start = find(snapshot, 'answer spawn');
  t.is(start.fibers, 0);
  t.true(snapshot.edges.filter((edge) => edge.from === start.id).length <= 202);
  const rest = snapshot.nodes.find((node) => node.chain[0] === '(other)')!;
  t.true(rest.fibers > 2000);
  t.is(
    snapshot.nodes.reduce((sum, node) => sum + node.fibers, 0),
    snapshot.fibers.live,
  );
});

test('whatever comes to a place for which there was no room is counted as lost, each time', async (t) => {
  const { lost } = await simulate(function* program({ runtime }) {
    function* query(number: number): Operation<void> {
      yield* sleep(0);
      yield* until(Promise.resolve(), `query${number}`);
    }
    // As many as one place can lead to, and one more, often.
    for (let i = 0; i < 200; i++) yield* query(i);
    for (let i = 0; i < 10; i++) yield* query(200);
    return runtime.snapshotNow();
  });
  t.is(lost, 10);
});

test('what is lost is all that came to a place for which there was no room, in a graph that is full', async (t) => {
  const { lost, nodes } = await simulate(
    function* program({ runtime }) {
      for (let i = 0; i < 6000; i++) yield* spawn(Object.defineProperty(() => sleep(0), 'name', { value: `kind${i}` }));
      yield* sleep(1);
      // In the full graph, one place again and again, and two by turns.
      for (const names of [
        ['a', 'a'],
        ['a', 'b'],
      ])
        for (let i = 0; i < 10; i++) for (const name of names) yield* until(Promise.resolve(), name);
      const taken = runtime.snapshotNow();
      return { lost: taken.lost, nodes: taken.nodes };
    },
    { queue: 'fifo' },
  );
  const others = nodes.filter(({ chain }) => chain[0] === '(other)');
  t.deepEqual(others.map(({ label }) => label).sort(), ['custom', 'exit']);
  t.is(
    lost,
    others.reduce((sum, { arrivals }) => sum + arrivals, 0),
  );
  t.true(lost > 3000, String(lost));
});

test('ids depend only on what a node is', async (t) => {
  const ids = async (seed: number): Promise<string[]> => {
    const runtime = new Runtime({ clock: new VirtualClock(), seed });
    await runtime.run(function* program() {
      const fiber = yield* spawn(function* worker() {
        yield* sleep(1);
      });
      if (seed === 1) yield* yieldNow();
      yield* fiber.join();
    });
    const { nodes } = runtime.snapshotNow();
    return nodes.filter((node) => node.chain[0] === 'worker').map((node) => `${node.label} ${node.id}`);
  };
  t.deepEqual((await ids(1)).sort(), (await ids(2)).sort());
});

test('a program that waits is shown with the age of its oldest wait', async (t) => {
  const snapshot = await simulate(function* program({ runtime }) {
    yield* spawn(function* old() {
      yield* suspend<void>((resume) => void (late = resume));
    });
    yield* sleep(100);
    const taken = runtime.snapshotNow();
    late!();
    return taken;
  });
  t.is(find(snapshot, 'old suspend').oldestMs, 100);
  t.is(find(snapshot, 'old suspend').waiting, 1);
});
let late: (() => void) | undefined;

/** How many of all runs were timed by themselves. */
async function timedShare(options: { sampleEvery?: number }): Promise<number> {
  const runtime = new Runtime({ ...options, clock: new VirtualClock() });
  await runtime.run(function* program() {
    function* turns(): Operation<void> {
      for (let i = 0; i < 1000; i++) yield* yieldNow();
    }
    for (let i = 0; i < 10; i++) yield* spawn(turns);
  });
  const { edges } = runtime.snapshotNow();
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return sum(edges.map(({ samples }) => samples)) / sum(edges.map(({ count }) => count));
}

test('few runs are timed by themselves, and every one with `sampleEvery: 1`', async (t) => {
  t.is(await timedShare({ sampleEvery: 1 }), 1);
  const share = await timedShare({});
  t.true(share > 0 && share < 0.05, String(share));
  t.throws(() => new Runtime({ sampleEvery: 0 }), { message: /`sampleEvery`/ });
});
