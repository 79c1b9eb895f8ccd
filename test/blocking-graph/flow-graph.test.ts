import test from 'ava';
import { Runtime, semaphore, sleep, spawn, type Operation } from 'heddle';
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
