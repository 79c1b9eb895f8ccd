import test from 'ava';
import type { FlowGraph } from '#src/blocking-graph/flow-graph.js';
import type { Flow } from '#src/blocking-graph/flow-node.js';
import { DescriptorStock } from '#src/fibers/descriptor-stock.js';
import type { Pool } from '#src/fibers/pool.js';
import { Kind } from '#src/resources/kind.js';
import { Outlook } from '#src/resources/outlook.js';
import { allSwitchedOn, type SchedulingOptions } from '#src/resources/scheduling-options.js';
import { SimulatedMachine } from './simulated-machine.js';

/** A node of a graph: whose fibers come by, where they go, and what running from there takes. */
interface Sketch {
  /** What the function is called that was spawned. */
  readonly root?: string;
  readonly cpu?: number;
  readonly wait?: number;
  readonly to?: readonly [node: number, p: number][];
  readonly spawns?: readonly [node: number, count: number][];
  readonly heap?: number;
  readonly pool?: Pool;
}

const flows = (pairs: readonly [number, number][] = []): Flow[] => pairs.map(([to, p]) => ({ to, p }));

/** Ten times a second so many of each kind are offered; the goal is a second, so that 30 ms may queue for the processor. */
class Sketched {
  readonly outlook: Outlook;
  readonly kinds: readonly Kind[];
  /** Fibers at each node. */
  readonly standing: number[];

  constructor(sketches: readonly Sketch[], kinds: readonly Kind[], scheduling: SchedulingOptions = {}) {
    this.kinds = kinds;
    this.standing = sketches.map(() => 0);
    const nodes = sketches.map(({ root = '', cpu = 0, wait = 0, to, spawns, heap = 0, pool = null }, index) => ({
      index,
      node: {
        chain: { root: { name: root } },
        heapBytes: { mean: heap, cautiousVariance: 0 },
        externalBytes: { mean: 0, cautiousVariance: 0 },
        pool,
      },
      cpuMs: cpu,
      waitMs: wait,
      ranMs: 0,
      departures: 1,
      descriptors: 0,
      edges: flows(to),
      spawns: flows(spawns),
    }));
    const graph = {
      nodes,
      tick() {},
      startOf: (name: string) => sketches.findIndex(({ root }) => root === name),
      countStanding: () => Float64Array.from(this.standing),
    } as unknown as FlowGraph;
    const machine = new SimulatedMachine({ heapLimit: 100e6 });
    this.outlook = new Outlook(graph, machine, new DescriptorStock(), { ...allSwitchedOn, ...scheduling });
    this.tick();
  }

  tick(): void {
    for (const kind of this.kinds) kind.offered += 10;
    this.outlook.tick(100, 0, this.kinds, 1000);
  }

  /** What stands in the way of one more while so many stand at the nodes. */
  blocker(kind: Kind, ...standing: number[]): string | null {
    Object.assign(this.standing, standing);
    this.outlook.refresh();
    return this.outlook.blocker(kind)?.name ?? null;
  }
}

/** Computes for 4 ms, of which the middle is 2 ms away: with what may queue, 32 ms may be outstanding. */
const page: Sketch = { root: 'page', cpu: 4 };

test('as much processor time is let in as may queue, and is due by the mean time until it is used', (t) => {
  const kind = new Kind('page', 1);
  const sketched = new Sketched([page], [kind]);
  t.is(sketched.blocker(kind, 7), null);
  t.false(kind.waited);
  t.is(sketched.blocker(kind, 8), 'cpu');
  t.true(kind.waited);
  t.is(new Sketched([page], [kind], { cpuGate: false }).blocker(kind, 8), null);
});

test('what was let in counts at once, and no more once it is seen where it stands', (t) => {
  const kind = new Kind('page', 1);
  const sketched = new Sketched([page], [kind]);
  const { outlook } = sketched;
  let admitted = 0;
  for (; outlook.blocker(kind) === null; admitted++) outlook.admit(kind);
  t.is(admitted, 8);
  t.is(outlook.cpu.outstanding, 32);
  t.is(kind.outstandingMs, 32);
  t.is(sketched.blocker(kind, 1), null);
  t.is(outlook.cpu.outstanding, 4);
  t.is(kind.outstandingMs, 4);
});

test('a kind has its share of the processor whatever another needs still, less what those use that it has started', (t) => {
  const [page, report] = [new Kind('page', 1), new Kind('report', 1)];
  const sketched = new Sketched(
    [{ root: 'page', cpu: 3 }, { root: 'report', cpu: 3, spawns: [[2, 1]] }, { cpu: 3 }],
    [page, report],
  );
  // Half of the 30 ms is 15 ms: for five pages, or for two reports of 6 ms with theirs.
  t.is(sketched.blocker(page, 4, 100), null);
  t.is(sketched.blocker(page, 5, 100), 'cpu');
  t.is(sketched.blocker(report, 100, 1), null);
  t.is(sketched.blocker(report, 100, 2), 'cpu');
  t.is(sketched.blocker(report, 100, 0, 3), null);
  t.is(sketched.blocker(report, 100, 0, 4), 'cpu');
  t.is(sketched.blocker(page, 4, 100, 100), null, 'pages have started none of them');
});

test('kinds of one name are one, and nodes of no kind are nobodies', (t) => {
  const kinds = [new Kind('page', 1), new Kind('page', 1), new Kind('other', 1)];
  const { outlook } = new Sketched([page, { root: 'helper' }], kinds);
  t.deepEqual(
    kinds.map(({ first }) => first),
    [kinds[0]!, kinds[0]!, kinds[2]!],
  );
  t.deepEqual(outlook.kindAt, [kinds[0]!, null]);
});

for (const [servesWhileWaiting, outstanding] of [
  [false, (3 + 2 / 2) * 10],
  [true, (3 - 2 / 2) * 10],
] as const)
  test(`who holds a slot of a pool is half-way through with it, where waiters ${servesWhileWaiting ? 'are served while they stand there' : 'have none'}`, (t) => {
    const pool = {
      text: 'pool `db`',
      capacity: 2,
      used: 2,
      granted: 0,
      grants: 0,
      isDeclared: false,
      servesWhileWaiting,
    };
    const kind = new Kind('query', 1);
    const sketched = new Sketched(
      [
        { root: 'query', to: [[1, 1]] },
        { root: 'query', wait: 50, pool },
      ],
      [kind],
    );
    const { outlook } = sketched;
    Object.assign(outlook, { machine: Object.assign(Object.create(outlook['machine']), { idleShare: () => 1 }) });
    for (let tick = 0; tick < 300; tick++) {
      pool.granted += 20;
      pool.grants += 20;
      sketched.tick();
    }
    const db = outlook.resources.at(-1)!;
    t.is(db.name, 'pool `db`');
    t.is(db.capacity, 2);
    t.is(db.queueMs, 30);
    t.is(Math.round(db.amount(1) * 1e6) / 1e6, 10, 'two slots for 100 ms, and 20 pieces of work');
    t.is(db.amount(0), 0);
    sketched.blocker(kind, 0, 3);
    t.is(Math.round(db.outstanding * 1e6) / 1e6, outstanding);
    t.is(db.used, 2);
    t.is(sketched.blocker(kind, 0, 3), null);
    t.is(sketched.blocker(kind, 0, 20), 'pool `db`');
    const { waitMs } = outlook.graph.nodes[1]!;
    t.is(Math.round(waitMs * 1e6) / 1e6, servesWhileWaiting ? 10 : 50, 'beyond the time of a slot it is queueing');
    t.is(new Sketched([page], [kind], { poolGate: false }).blocker(kind, 0, 20), null);
  });

test('who takes several slots of a pool at once needs the time of all of them', (t) => {
  const pool = {
    text: 'pool `db`',
    capacity: 20,
    used: 20,
    granted: 0,
    grants: 0,
    isDeclared: false,
    servesWhileWaiting: false,
  };
  const kind = new Kind('query', 1);
  const sketched = new Sketched(
    [
      { root: 'query', to: [[1, 1]] },
      { root: 'query', pool },
    ],
    [kind],
  );
  const { outlook } = sketched;
  for (let tick = 0; tick < 300; tick++) {
    pool.granted += 40;
    pool.grants += 8;
    sketched.tick();
  }
  const db = outlook.resources.at(-1)!;
  t.is(Math.round(db.delayMs), 25, 'each of those that are out is half-way through its 50 ms');
  sketched.blocker(kind, 0, 2);
  t.is(Math.round(db.outstanding), 2 * 5 * 50 + (20 * 50) / 2);
});

const lock = (text: string, used: number = 0, isDeclared: boolean = false): Pool => ({
  text,
  capacity: 1,
  used,
  granted: 0,
  grants: 0,
  isDeclared,
  servesWhileWaiting: false,
});

test('a resource that is waited for late is reckoned with, however many locks of single objects there were before', (t) => {
  const nodes: Sketch[] = [{ root: 'page' }, ...Array.from({ length: 20 }, (_, i) => ({ pool: lock(`lock ${i}`, 1) }))];
  const sketched = new Sketched(nodes, [new Kind('page', 1)]);
  const { graph, resources, prediction } = sketched.outlook;
  const pools = (): string[] => resources.slice(4).map(({ name }) => name);
  t.deepEqual(
    pools(),
    Array.from({ length: 16 }, (_, i) => `lock ${i}`),
  );
  graph.nodes[20]!.node.pool = lock('database', 0, true);
  sketched.tick();
  t.deepEqual(new Set(pools()), new Set([...Array.from({ length: 15 }, (_, i) => `lock ${i}`), 'database']));
  for (const { node } of graph.nodes) node.pool = lock('last');
  sketched.tick();
  t.is(pools().length, 16, 'those that are out may be short still');
  t.true(pools().includes('last'));
  t.is(prediction.demands.length, resources.length);
});

test('a lock that nobody has and where nobody stands any more makes room, and is not kept alive', (t) => {
  const sketched = new Sketched([{ root: 'page' }, { pool: lock('first') }], [new Kind('page', 1)]);
  const { graph, resources, prediction } = sketched.outlook;
  for (let n = 0; n < 40; n++) {
    graph.nodes[1]!.node.pool = lock(`lock ${n}`);
    sketched.tick();
    t.deepEqual(
      resources.slice(4).map(({ name }) => name),
      [`lock ${n}`],
    );
    t.is(prediction.demands.length, resources.length);
  }
});

test('of memory only what survives is reckoned with, in what is held and in what there is', (t) => {
  const kind = new Kind('page', 1);
  // Takes a megabyte, and holds it at the next node.
  const sketched = new Sketched(
    [
      { root: 'page', heap: 1e6, to: [[1, 1]] },
      { root: 'page', cpu: 1 },
    ],
    [kind],
  );
  const { outlook } = sketched;
  sketched.blocker(kind, 0, 10);
  t.is(outlook.heap.used, 10e6);
  const all = outlook.heap.outstanding;
  t.true(all > 0);
  outlook.memory.model.survival = 0.25;
  sketched.tick();
  t.is(outlook.heap.scale, 0.25);
  t.is(outlook.heap.used, 2.5e6);
  t.is(outlook.heap.outstanding, all / 4);
  t.is(outlook.heap.capacity, 62e6, 'seven tenths of the limit, less what lives without any fiber');
  outlook.memory.model.base = 90e6;
  sketched.tick();
  t.is(outlook.heap.capacity, 10e6, 'and a tenth of it at least');
});

test('a second of what was offered tells how much of each kind there is in the mean newcomer', (t) => {
  const [cheap, dear] = [new Kind('cheap', 1), new Kind('dear', 1)];
  const sketched = new Sketched(
    [
      { root: 'cheap', cpu: 1 },
      { root: 'dear', cpu: 39 },
    ],
    [cheap, dear],
  );
  // The mean is 20 ms, and two of those may queue, be it dear ones or cheap ones.
  t.is(sketched.outlook.cpu.queueMs, 40);
  t.is(sketched.blocker(dear, 0, 0), null);
  dear.rate = 0;
  sketched.outlook.tick(100, 0, [cheap, dear], 1000);
  t.is(sketched.outlook.cpu.queueMs, 30);
});
