import test from 'ava';
import { findImbalances, hotNodes, longestWaits, longRuns } from '#src/blocking-graph/analysis.js';
import type { NodeSnapshot } from '#src/blocking-graph/snapshot.js';
import { server } from './hostile.js';

test('the fixture balances, and with lost events nothing is claimed', (t) => {
  t.deepEqual(findImbalances(server), []);
  t.deepEqual(findImbalances({ ...server, lost: 1, edges: [] }), []);
});

test('a place to which nobody came balances', (t) => {
  const node = { ...server.nodes[0]!, label: 'sleep', arrivals: 0, fibers: 0, waiting: 0, ready: 0 };
  t.deepEqual(findImbalances({ ...server, nodes: [node], edges: [] }), []);
});

test('more fibers that wait or are ready than there are at a node is an imbalance', (t) => {
  const [node, ...others] = server.nodes;
  const { id, fibers, waiting, ready } = node!;
  t.deepEqual(findImbalances({ ...server, nodes: [{ ...node!, ready: ready + 1 }, ...others] }), [
    `node ${id} counts ${waiting} waiting and ${ready + 1} ready of ${fibers} fibers`,
  ]);
});

test('hot nodes come by their share of processor time, which adds up to one', (t) => {
  const hot = hotNodes(server);
  t.is(hot[0]?.node.subject, 'render');
  t.true(Math.abs(hot.reduce((sum, { value }) => sum + value, 0) - 1) < 1e-9);
});

test('the longest wait comes first, and who does not wait is left out', (t) => {
  const waits = longestWaits(server);
  t.is(waits[0]?.node.label, 'sleep');
  t.true(waits.every(({ node }) => node.waiting > 0));
});

test('runs are long from one and a half slices on, as those that are counted as overruns', (t) => {
  t.is(server.scheduler.sliceMs, 2);
  const long = ({ run }: NodeSnapshot) => run.meanMs! > 2;
  t.deepEqual(
    server.nodes.filter(long).map(({ run }) => run.meanMs),
    [2.6, 3.4],
  );
  t.deepEqual(
    longRuns(server).map(({ value }) => value),
    [3.4],
  );
});
