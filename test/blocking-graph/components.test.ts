import test from 'ava';
import { Random } from 'heddle/testing';
import { Components } from '#src/blocking-graph/components.js';
import type { FlowNode } from '#src/blocking-graph/flow-node.js';
import { fuzzSeeds } from '../support/fuzz.js';

function graph(edges: readonly (readonly number[])[], spawns: readonly (readonly number[])[] = []): FlowNode[] {
  const flows = (ends: readonly number[] = []): FlowNode['edges'] => ends.map((to) => ({ to, p: 1 / ends.length }));
  return edges.map((ends, n) => ({
    cpuMs: 1,
    waitMs: 1,
    edges: flows(ends),
    spawns: flows(spawns[n]),
    departures: ends.length,
  }));
}

function found(nodes: readonly FlowNode[], components: Components = new Components()): number[][] {
  components.find(nodes);
  return Array.from({ length: components.count }, (_, c) => [
    ...components.order.subarray(components.starts[c], components.starts[c + 1]),
  ]);
}

/** By node: which others it leads to, over as many steps as it takes. */
function reachable(nodes: readonly FlowNode[]): Set<number>[] {
  return nodes.map((_, n) => {
    const reached = new Set([n]);
    for (const at of reached) for (const { to } of [...nodes[at]!.edges, ...nodes[at]!.spawns]) reached.add(to);
    return reached;
  });
}

test('a component comes after those it leads to, and has the nodes that lead to each other', (t) => {
  const components = new Components();
  for (const seed of fuzzSeeds(200)) {
    const random = new Random(seed);
    const size = random.below(12);
    const some = (most: number): number[] => Array.from({ length: random.below(most) }, () => random.below(size));
    const nodes = graph(
      Array.from({ length: size }, () => some(3)),
      Array.from({ length: size }, () => (random.below(4) === 0 ? some(2) : [])),
    );
    const reaches = reachable(nodes);
    const listed = found(nodes, components);
    const place = new Map(listed.flatMap((members, c) => members.map((n) => [n, c] as const)));
    t.is(place.size, size, `[seed ${seed}]`);
    for (let a = 0; a < size; a++)
      for (const b of reaches[a]!) {
        t.true(place.get(b)! <= place.get(a)!, `[seed ${seed}] ${a} leads to ${b}`);
        t.is(place.get(a) === place.get(b), reaches[b]!.has(a), `[seed ${seed}] ${a} and ${b}`);
      }
    const entangled = listed.flatMap((members) =>
      members.length > 1 || nodes[members[0]!]!.spawns.some(({ to }) => to === members[0]) ? members : [],
    );
    t.is(components.entangled, entangled.length, `[seed ${seed}]`);
  }
});

test('a graph as deep as it may be is no deep recursion', (t) => {
  const size = 100_000;
  const line = graph(Array.from({ length: size }, (_, n) => (n + 1 < size ? [n + 1] : [])));
  t.is(found(line).length, size);
  const circle = graph(Array.from({ length: size }, (_, n) => [(n + 1) % size]));
  t.is(found(circle).length, 1);
});
