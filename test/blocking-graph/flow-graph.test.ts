import test from 'ava';
import { Runtime, semaphore, sleep, spawn, until, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { FlowGraph } from '#src/blocking-graph/flow-graph.js';
import type { GraphRecorder } from '#src/blocking-graph/graph-recorder.js';

test('the time of a wait is taken from what waits took, except where fibers queue for a pool', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const graph = new FlowGraph(runtime.loop.recorder as GraphRecorder);
  await runtime.run(function* () {
    const pool = semaphore(1, { name: 'database' });
    function* worker(): Operation<void> {
      yield* pool.withPermit(sleep(10));
    }
    for (let i = 0; i < 3; i++) yield* spawn(worker);
  });
  const waits = (): Record<string, number> =>
    Object.fromEntries(graph.nodes.map(({ node, waitMs }) => [node.label.kind, Math.round(waitMs)]));
  graph.startOf('worker');
  graph.tick(1);
  t.deepEqual(waits(), { spawn: 0, 'semaphore.acquire': 0, sleep: 10, exit: 0 });
  // Who is served while he stands there does not queue.
  const { node } = graph.nodes.find((one) => one.node.label.kind === 'semaphore.acquire')!;
  node.pool = {
    text: 'threads',
    capacity: 1,
    used: 0,
    granted: 0,
    grants: 0,
    isDeclared: false,
    servesWhileWaiting: true,
  };
  const again = new FlowGraph(runtime.loop.recorder as GraphRecorder);
  again.startOf('worker');
  again.tick(1);
  t.true(again.nodes.find((one) => one.node === node)!.waitMs > 0);
});

test('where nobody has been for an hour it is still known where fibers go from there', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const graph = new FlowGraph(runtime.loop.recorder as GraphRecorder);
  const some = (turns: number): Promise<void> =>
    runtime.run(function* () {
      function* worker(): Operation<void> {
        for (let n = 0; n < 10; n++) yield* sleep(1);
        yield* until(Promise.resolve(), 'last');
      }
      for (let i = 0; i < turns; i++) yield* (yield* spawn(worker)).join();
    });
  await some(10);
  graph.startOf('worker');
  graph.tick(0.9);
  const loops = (): number => {
    const index = graph.nodes.findIndex(({ node }) => node.label.kind === 'sleep');
    return graph.nodes[index]!.edges.find(({ to }) => to === index)!.p;
  };
  t.is(loops(), 0.9);
  for (let tick = 0; tick < 36_000; tick++) graph.tick(0.9);
  t.true(Math.abs(loops() - 0.9) < 1e-9, `${loops()}`);
  // And what happens next counts at once.
  await some(1);
  graph.tick(0.9);
  t.true(Math.abs(loops() - 0.9) < 1e-9, `${loops()}`);
  t.true(graph.nodes.find(({ node }) => node.label.kind === 'sleep')!.departures < 11);
});

test('what asks for admission itself is no part of the work from which it was started', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const graph = new FlowGraph(runtime.loop.recorder as GraphRecorder);
  function* helper(): Operation<void> {}
  function* page(again: boolean): Operation<void> {
    if (again) yield* (yield* spawn(page, false)).join();
  }
  function* middleware(): Operation<void> {
    yield* (yield* spawn(helper)).join();
    yield* (yield* spawn(page, true)).join();
  }
  await runtime.run(function* () {
    for (let n = 0; n < 4; n++) yield* (yield* spawn(middleware)).join();
  });
  const started = (): string[] =>
    graph.nodes.flatMap(({ node, spawns }) =>
      spawns.map(({ to, p }) => `${node.chain.root.name} ${p} ${graph.nodes[to]!.node.chain.root.name}`),
    );
  graph.startOf('middleware');
  graph.tick(1);
  // It joins twice, and starts a page in between; of two pages one starts another.
  t.deepEqual(started(), ['middleware 1 helper', 'middleware 0.5 page', 'page 0.5 page']);
  graph.startOf('page');
  graph.tick(1);
  t.deepEqual(started(), ['middleware 1 helper', 'middleware 0 page', 'page 0.5 page']);
});
