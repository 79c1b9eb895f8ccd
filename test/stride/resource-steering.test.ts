import test from 'ava';
import type { Fiber } from '#src/fibers/fiber.js';
import { Kind } from '#src/resources/kind.js';
import type { Outlook } from '#src/resources/outlook.js';
import { allSwitchedOn, type SchedulingOptions } from '#src/resources/scheduling-options.js';
import { ResourceSteering } from '#src/stride/resource-steering.js';
import { StrideList, StrideRunQueue } from '#src/stride/stride-run-queue.js';

/** A node, what running from it takes, and what a fiber that stands there holds and is still going to need. */
interface Place {
  /** Of which kind its fibers are; of none unless given. */
  readonly kind?: Kind;
  readonly takes?: number;
  readonly holds?: number;
  readonly needs?: number;
}

/** What there is to steer by: a heap of 1000 bytes, of which `live` are alive, and all are scarce. */
class Steered {
  readonly queue = new StrideRunQueue();
  readonly lists: StrideList[];
  live = 0;
  /** What those who hold some are still going to take. */
  pending = 0;
  /** The most that one ever took. */
  mostTaken = Infinity;
  /** What fibers were measured to have taken. */
  readonly measured = new Map<Fiber, number>();
  readonly steering: ResourceSteering;
  private readonly nodes: readonly { readonly ready: StrideList; readonly chain: unknown }[];
  private readonly places: readonly Place[];

  constructor(places: readonly Place[], scheduling: SchedulingOptions = {}) {
    this.places = places;
    this.lists = places.map(() => new StrideList());
    this.nodes = places.map(({ kind }, n) => ({ ready: this.lists[n]!, chain: { root: { name: kind?.name ?? '' } } }));
    this.steering = new ResourceSteering(this.queue, { ...allSwitchedOn, ...scheduling });
    const kinds = places.flatMap(({ kind }) => kind ?? []);
    this.steering.steer(this.outlook, kinds);
  }

  get outlook(): Outlook {
    const { places } = this;
    const heap = { kind: 'stock', capacity: 1000, used: 1000, scale: 1, amount: (n: number) => places[n]!.takes ?? 0 };
    return {
      heap,
      resources: [heap],
      prediction: { demands: [{ held: places.map(({ holds = 0 }) => holds) }] },
      graph: {
        nodes: this.nodes.map((node, index) => ({ node, index })),
        indexOf: (node: (typeof this.nodes)[number]) => this.nodes.indexOf(node),
      },
      kindAt: places.map(({ kind = null }) => kind),
      refresh() {},
      memory: {
        fits: (bytes: number, share: number) => this.live + bytes <= share * 1000,
        peakAt: (n: number) => places[n]!.needs ?? 0,
        heldAt: (n: number) => places[n]!.holds ?? 0,
        pending: () => this.pending,
        measuredOf: (fiber: Fiber) => this.measured.get(fiber) ?? 0,
        mostTaken: () => this.mostTaken,
      },
    } as unknown as Outlook;
  }

  /** A fiber at a node, started by `host`. */
  fiber(n: number, host: Fiber | null = null, permits: number = 0): Fiber {
    const home = (): { readonly host: Fiber | null } => ({ host });
    return { node: this.nodes[n], permits, interruption: null, nextReady: null, home } as unknown as Fiber;
  }

  /** Fibers at these nodes become ready, and all that may not run is held back. */
  hold(...at: number[]): void {
    for (const n of at) this.queue.push(this.fiber(n));
    this.queue.take();
  }
}

test('a node has tickets by what it takes of what is scarce, times the priority of its kind', (t) => {
  const [cheap, dear] = [new Kind('cheap', 4), new Kind('dear', 1)];
  const { lists } = new Steered([{ kind: cheap }, { kind: dear, takes: 500 }, { takes: 500 }]);
  t.deepEqual(
    lists.map(({ tickets }) => tickets),
    [400, 10, 10],
  );
  const off = new Steered([{ kind: cheap }, { takes: 500 }], { tickets: false });
  t.deepEqual(
    off.lists.map(({ stride }) => Math.abs(stride)),
    [0, 0],
    'the queue asks its policy',
  );
});

test('who is about to take more than a little of the memory has to ask, one at a time', (t) => {
  for (const localCheck of [true, false]) {
    const { lists } = new Steered([{ takes: 2 }, { takes: 3 }], { localCheck });
    t.deepEqual(
      lists.map(({ guard, isUrgent, single }) => [guard !== null, isUrgent !== null, single]),
      [Array(3).fill(false), Array(3).fill(localCheck)],
    );
  }
});

test('a node that takes less than it did need not ask any more', (t) => {
  const place = { takes: 500 };
  const steered = new Steered([place]);
  const { guard } = steered.lists[0]!;
  steered.steering.steer(steered.outlook, []);
  t.is(steered.lists[0]!.guard, guard);
  place.takes = 0;
  steered.steering.steer(steered.outlook, []);
  t.is(steered.lists[0]!.guard, null);
  t.is(steered.lists[0]!.isUrgent, null);
});

test('what a fiber needs has to fit into four fifths of the heap, and who holds nothing yet leaves half of what others need', (t) => {
  const steered = new Steered([
    { takes: 10, needs: 300, holds: 1 },
    { takes: 10, needs: 300 },
  ]);
  const asked = (live: number, pending: number): boolean[] => {
    Object.assign(steered, { live, pending });
    return steered.lists.map((list, n) => list.guard!(steered.fiber(n)));
  };
  t.deepEqual(asked(500, 0), [true, true]);
  t.deepEqual(asked(501, 0), [false, false]);
  t.deepEqual(asked(500, 2), [true, false]);
  t.deepEqual(asked(499, 2), [true, true]);
});

test('who was measured to have nine tenths of what its kind needs goes first, and no other of its kind', (t) => {
  const kind = new Kind('kind', 1);
  kind.start = 0;
  const steered = new Steered([{ kind, needs: 100 }, { kind, takes: 10 }, { takes: 10 }]);
  const isUrgent = (n: number, measured: number): boolean => {
    const fiber = steered.fiber(n);
    steered.measured.set(fiber, measured);
    return steered.lists[n]!.isUrgent!(fiber);
  };
  t.true(isUrgent(1, 90));
  t.false(isUrgent(1, 89));
  t.false(isUrgent(2, 90), 'of no kind: nobody knows what it needs');
  steered.mostTaken = 70;
  t.true(isUrgent(1, 63), 'nobody ever took more than 70');
  t.false(isUrgent(1, 62));
  steered.mostTaken = 200;
  t.true(isUrgent(1, 90), 'one took more than is usual');
  kind.start = null;
  t.false(isUrgent(1, 90), 'none of its kind was started yet');
});

test('of a kind that needs nothing nobody goes first', (t) => {
  const kind = new Kind('kind', 1);
  kind.start = 0;
  const steered = new Steered([{ kind }, { kind, takes: 10 }]);
  t.false(steered.lists[1]!.isUrgent!(steered.fiber(1)));
});

test('whom somebody with a lock waits for goes first, but a lock around the server says nothing', (t) => {
  const kind = new Kind('kind', 1);
  const steered = new Steered([{ kind }, { takes: 10 }]);
  const isUrgent = (host: Fiber): boolean => steered.lists[1]!.isUrgent!(steered.fiber(1, steered.fiber(1, host)));
  t.true(isUrgent(steered.fiber(0, null, 1)));
  t.false(isUrgent(steered.fiber(0)));
  t.false(isUrgent(steered.fiber(0, steered.fiber(1, null, 1))));
});

test('where all are held back the one that needs least goes on, if that fits at all', (t) => {
  const steered = new Steered([
    { takes: 10, needs: 300 },
    { takes: 10, needs: 200 },
    { takes: 10, needs: 400 },
  ]);
  const { queue, lists, steering, outlook } = steered;
  steered.live = 731;
  steered.hold(0, 1, 2);
  t.is(queue.heldFibers, 3);
  t.false(steering.unstick(3, outlook), 'not even the least fits');
  t.is(queue.size, 0);
  steered.live = 730;
  t.true(steering.unstick(4, outlook), 'one is not held back, and will make room');
  t.is(queue.size, 0);
  t.true(steering.unstick(3, outlook));
  t.is(queue.size, 1);
  t.is(queue.take(), lists[1]!);
  t.deepEqual(queue.heldLists, [lists[0]!, lists[2]!]);
});

test('who has come by a lock while it was held back goes on, and nobody is let go beside it', (t) => {
  const steered = new Steered([{ takes: 10, needs: 300 }]);
  const { queue, steering, outlook } = steered;
  steered.live = 900;
  const fiber = steered.fiber(0);
  queue.push(fiber);
  queue.take();
  Object.assign(fiber, { permits: 1 });
  t.true(steering.unstick(1, outlook));
  t.is(queue.size, 1);
  t.is(queue.take()?.first, fiber);
});
