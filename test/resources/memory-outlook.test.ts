import test from 'ava';
import type { FlowGraph } from '#src/blocking-graph/flow-graph.js';
import type { Prediction } from '#src/blocking-graph/prediction.js';
import type { Fiber } from '#src/fibers/fiber.js';
import type { BlockingPoint } from '#src/fibers/recorder.js';
import type { Heap } from '#src/resources/machine.js';
import { MemoryOutlook } from '#src/resources/memory-outlook.js';
import type { ResourceAccount } from '#src/resources/resource-account.js';

/** Three nodes in a heap of a million bytes, of which 50,000 live from the beginning. */
class Three {
  readonly heap = { limit: 1e6, majors: 0, liveAfterMajor: 50_000 };
  /** Running from the first takes 8,000 bytes on average. */
  readonly resource = { amount: (n: number) => [8000, 0, 0][n]!, scale: 1, used: 0 };
  readonly demand = { held: [0, 10_000, 20_000], peak: [30_000, 20_000, 0], spread: [0, 1e6, 0] };
  readonly nodes = [0, 1, 2].map((n) => ({ n, chain: { root: 'handler' } }) as unknown as BlockingPoint);
  readonly memory: MemoryOutlook;

  constructor() {
    const graph = {
      nodes: this.nodes.map((node) => ({ node })),
      indexOf: (node: BlockingPoint) => known(this.nodes.indexOf(node)),
    };
    this.memory = new MemoryOutlook(
      graph as unknown as FlowGraph,
      this.heap as unknown as Heap,
      this.resource as unknown as ResourceAccount,
      { demands: [this.demand] } as unknown as Prediction,
      0,
    );
  }

  fiber(n: number): Fiber {
    return { node: this.nodes[n] ?? null, hasEnded: false, cancellation: null } as unknown as Fiber;
  }

  allocated(fiber: Fiber, bytes: number, n: number = 0): void {
    this.memory.allocated(fiber, this.nodes[n] ?? ({} as BlockingPoint), bytes);
  }
}

function known(index: number): number | null {
  return index < 0 ? null : index;
}

test('of runs that were measured counts by how much they took more than usual, and no less than what a fiber has taken', (t) => {
  const three = new Three();
  const { memory, resource } = three;
  const fiber = three.fiber(1);
  t.is(memory.heldBy(fiber), 10_000, 'as others at its node');
  three.allocated(fiber, 50_000);
  t.is(memory.measuredOf(fiber), 50_000);
  t.is(memory.heldBy(fiber), 10_000 + 42_000);
  three.allocated(fiber, 20_000);
  t.is(memory.measuredOf(fiber), 70_000);
  t.is(memory.heldBy(fiber), 70_000);
  resource.scale = 0.5;
  t.is(memory.measuredOf(fiber), 35_000);
  t.is(memory.heldBy(fiber), 35_000);
  t.is(memory.heldAt(2), 10_000);
});

test('what fibers took beyond the mean is summed up while they live', (t) => {
  const three = new Three();
  const { memory } = three;
  const [a, b, away] = [three.fiber(1), three.fiber(2), three.fiber(9)];
  for (const fiber of [a, b, away]) three.allocated(fiber, 50_000);
  t.is(memory.beyondMeans(), 42_000 + 42_000);
  Object.assign(a, { hasEnded: true });
  t.is(memory.beyondMeans(), 42_000);
  t.is(memory.measuredOf(a), 0);
  t.is(memory.heldBy(away), 0);
});

test('the most that one took is remembered once it has ended, and fades with those that take less', (t) => {
  const three = new Three();
  const { memory, resource } = three;
  const run = (bytes: number, change: object = {}): void => {
    const fiber = three.fiber(1);
    three.allocated(fiber, bytes);
    memory.beyondMeans();
    Object.assign(fiber, { hasEnded: true, ...change });
    memory.beyondMeans();
  };
  t.is(memory.mostTaken(1), Infinity);
  run(90_000, { cancellation: new Error() });
  t.is(memory.mostTaken(1), Infinity, 'it was going to take more');
  run(50_000);
  t.is(memory.mostTaken(1), 50_000);
  run(20_000);
  t.is(memory.mostTaken(2), 49_500);
  run(60_000);
  resource.scale = 0.5;
  t.is(memory.mostTaken(0), 30_000);
});

test('what is nearly as usual is not kept, nor what was run from elsewhere', (t) => {
  const three = new Three();
  const { memory } = three;
  const fiber = three.fiber(1);
  three.allocated(fiber, 1999, 1);
  three.allocated(fiber, 50_000, 9);
  t.is(memory.measuredOf(fiber), 0);
  three.allocated(fiber, 2000, 1);
  t.is(memory.measuredOf(fiber), 2000);
  const other = three.fiber(1);
  three.allocated(other, 0, 0);
  t.is(memory.heldBy(other), 10_000 - 8000, 'it took 8,000 less than usual');
});

test('what is still to be taken is known by node, with so many standard deviations, and for all who hold some', (t) => {
  const { memory, resource } = new Three();
  resource.scale = 0.5;
  t.is(memory.peakAt(0, 2), 15_000);
  t.is(memory.peakAt(1, 2), 11_000);
  t.is(memory.peakAt(3, 2), 0);
  memory.calibrate(0, Float64Array.of(5, 3, 2));
  t.is(memory.pending(), 30_000, 'three fibers that hold some want 20,000 each');
});

test('after a major collection what lives is what it has left, and by how much fibers have taken more or less since', (t) => {
  const { memory, heap, resource, demand } = new Three();
  t.is(memory.live, 50_000);
  t.true(memory.fits(50_000, 0.1));
  t.false(memory.fits(50_001, 0.1));
  Object.assign(heap, { majors: 1, liveAfterMajor: 100_000 });
  memory.calibrate(30_000, Float64Array.of(0, 3, 0));
  resource.used = 30_000;
  t.is(memory.live, 100_000);
  resource.used = 40_000;
  t.is(memory.live, 110_000);
  heap.liveAfterMajor = 500_000;
  memory.calibrate(40_000, Float64Array.of(0, 4, 0));
  t.is(memory.live, 110_000, 'there was no collection since');
  heap.liveAfterMajor = 100_000;
  // The three that stood there are now known to have held more.
  demand.held[1] = 20_000;
  memory.predicted();
  resource.used = 60_000;
  t.is(memory.live, 100_000);
});

test('what survives is learned once it is known what fibers hold', (t) => {
  const { memory, heap } = new Three();
  for (let n = 1; n <= 6; n++) {
    memory.predicted();
    Object.assign(heap, { majors: n, liveAfterMajor: 150_000 });
    memory.calibrate(200_000, Float64Array.of(0, 20, 0));
    t.is(memory.model.survival < 1, n === 6, `${n} predictions`);
  }
});
