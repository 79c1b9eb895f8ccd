import type { EdgeSnapshot, NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { server } from './hostile.js';

const ROUTES = 60;

/** A server of sixty routes, as its graph looks at night: a lock that everybody waits for, and a pool behind it. */
export const manyRoutes: Snapshot = (() => {
  const [like] = server.nodes;
  const node = (id: string, label: string, subject: string | null, chain: string[], waiting: number): NodeSnapshot => ({
    ...like!,
    id,
    label,
    subject,
    chain: chain.map((call) => `${call} (src/${call}.ts:3:5)`),
    places: chain.map((call) => ({ file: `src/${call}.ts`, line: 3, column: 5, function: call, callee: 'f' })),
    fibers: waiting,
    waiting,
    ready: 0,
    arrivals: waiting + 10,
    oldestMs: waiting === 0 ? null : waiting,
    held: null,
    spawns: [],
  });
  const nodes = [
    node('start', 'spawn', null, ['handle'], 0),
    ...Array.from({ length: ROUTES }, (_, i) => [
      node(`lock${i}`, 'mutex.lock', 'cache', ['handle', `route${i}`, 'cached'], 100 + i),
      node(`query${i}`, 'net.read', null, ['handle', `route${i}`, 'query'], i < 3 ? 1 : 0),
    ]).flat(),
    node('end', 'exit', null, ['handle'], 0),
  ];
  const edge = (from: string, to: string): EdgeSnapshot => ({ from, to, count: 10, meanMs: null, samples: 0 });
  const edges = Array.from({ length: ROUTES }, (_, i) => [
    edge('start', `lock${i}`),
    edge(`lock${i}`, `query${i}`),
    edge(`query${i}`, 'end'),
  ]).flat();
  const waiter = { kind: 'handle', node: 'lock5', sinceMs: 3100, bounded: false, ended: false };
  return {
    ...server,
    nodes,
    edges,
    locks: [
      {
        id: 1,
        kind: 'mutex',
        name: 'cache',
        capacity: 1,
        available: 0,
        holders: [{ fiber: 7, kind: 'handle', node: 'query2', sinceMs: 20, bounded: false, ended: false }],
        waiters: Array.from({ length: 100 }, (_, i) => ({ ...waiter, fiber: 8 + i })),
        unlisted: 7670,
      },
    ],
    scheduling: null,
    warnings: [],
  };
})();
