import test, { type ExecutionContext } from 'ava';
import {
  all,
  call,
  CancelledError,
  channel,
  ChannelClosedError,
  event,
  FiberCancelledError,
  moveOnAfter,
  mutex,
  OverloadError,
  race,
  resource,
  scope,
  select,
  semaphore,
  shield,
  sleep,
  spawnDaemon,
  spawn,
  suspend,
  TimeoutError,
  until,
  withTimeout,
  yieldNow,
  type Channel,
  type Event,
  type Fiber,
  type Operation,
  type Permit,
  type Resource,
  type Semaphore,
} from 'heddle';
import type { World } from 'heddle/testing';
import type { Random } from '#src/base/random.js';
import type { Holding } from '#src/fibers/holding.js';
import type { PermitPool } from '#src/fibers/sync/permit-pool.js';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { fuzzSeeds } from '../support/fuzz.js';
import { simulateClean } from '../support/no-leak.js';

/** What programs throw on purpose. */
class Mishap extends Error {}

/**
 * Programs made at random of all operators, which fail, time out and are cancelled anywhere. Whatever happens to them, what
 * they share has to balance: each message is where it was sent to or was received, once; nothing is held, and nobody waits.
 */
class Playground {
  private readonly world: World;
  /** The last is closed at some time. */
  private readonly channels: Channel<number>[] = [channel(0), channel(1), channel(3), channel(Infinity), channel(2)];
  private readonly seats: Resource = resource('seats', { capacity: 2 });
  private readonly pools: Semaphore[] = [semaphore(2), semaphore(3), this.seats];
  private readonly locks = [mutex(), mutex()];
  private readonly events: Event[] = [event(), event()];
  private readonly fibers: Fiber[] = [];
  private readonly sent: Set<number> = new Set();
  private readonly received: number[] = [];
  private made: number = 0;
  /** Registered and neither answered nor undone. */
  private registered: number = 0;

  constructor(world: World) {
    this.world = world;
    world.runtime.loop.descriptors.limit = 6;
  }

  /** A program of at most so many levels. */
  *program(depth: number): Operation<void> {
    for (let steps = 1 + this.below(3); steps > 0; steps--) yield* this.tolerant(depth);
  }

  /** One step, after whose failure the program may go on; not after a cancellation. */
  private *tolerant(depth: number): Operation<void> {
    try {
      yield* depth > 0 && this.below(2) === 0 ? this.compound(depth - 1) : this.simple();
    } catch (error) {
      this.check(error);
      if (this.below(4) === 0 || error instanceof CancelledError) throw error;
    }
  }

  private *simple(): Operation<unknown> {
    const kind = this.below(15);
    if (kind === 0) return yield* sleep(this.below(3));
    if (kind === 1) return yield* yieldNow();
    if (kind === 2) return yield* this.send(this.pick(this.channels));
    if (kind === 3) return yield* this.receive(this.pick(this.channels));
    if (kind === 4) return yield* this.withPermits();
    if (kind === 5) return yield* this.pick(this.events).wait();
    if (kind === 6) return this.pick(this.events).set();
    if (kind === 7) return yield* this.choose();
    if (kind === 8) return yield* this.callback();
    if (kind === 9) return yield* until(Promise.resolve());
    if (kind === 10) return yield* this.withDescriptors();
    if (kind === 11) return this.seats.resize(1 + this.below(3));
    if (kind === 12 && this.below(5) === 0) return this.channels.at(-1)!.close();
    if (kind === 13 && this.fibers.length > 0) return yield* this.pick(this.fibers).join();
    throw new Mishap();
  }

  private *compound(depth: number): Operation<unknown> {
    const part = (): Operation<void> => this.program(depth);
    const parts = (): Operation<void>[] => Array.from({ length: 1 + this.below(3) }, part);
    const kind = this.below(12);
    if (kind === 0) return yield* all(parts());
    if (kind === 1) return yield* all(parts(), { concurrency: 1 });
    if (kind === 2) return yield* race(parts());
    if (kind === 3) return yield* moveOnAfter(this.below(4), part());
    if (kind === 4) return yield* withTimeout(this.below(4), part());
    if (kind === 5) return yield* shield(part(), { within: this.below(4) });
    if (kind === 6) return yield* call(part);
    if (kind === 7) return void this.fibers.push(yield* spawn(part));
    if (kind === 8) return void this.fibers.push(yield* spawnDaemon(part));
    if (kind === 9 && this.fibers.length > 0) return this.pick(this.fibers).cancel();
    if (kind === 10) return yield* this.pick(this.locks).withLock(part());
    return yield* this.inScope(depth);
  }

  private inScope(depth: number): Operation<void> {
    const playground = this;
    return scope(function* (inner) {
      inner.defer(() => shield(playground.program(0), { within: 2 }));
      for (let n = playground.below(3); n > 0; n--)
        playground.fibers.push(inner.spawn(() => playground.program(depth)));
      yield* playground.program(depth);
      if (playground.below(3) === 0) inner.cancel();
    });
  }

  private *send(to: Channel<number>): Operation<void> {
    const message = this.made++;
    if (this.below(4) === 0) return void (to.trySend(message) && this.sent.add(message));
    yield* to.send(message);
    this.sent.add(message);
  }

  private *receive(from: Channel<number>): Operation<void> {
    const taken = this.below(4) === 0 ? from.tryReceive() : { value: yield* from.receive() };
    if (taken !== undefined) this.received.push(taken.value);
  }

  private *withPermits(): Operation<void> {
    const pool = this.pick(this.pools);
    yield* this.holding(yield* pool.acquire(1 + this.below(pool.capacity)));
  }

  private *holding(permit: Permit): Operation<void> {
    try {
      yield* sleep(this.below(3));
    } finally {
      permit.release();
    }
  }

  /** Leaves of all kinds, some of them for the same thing. */
  private *choose(): Operation<void> {
    const [to, from, pool] = [this.pick(this.channels), this.pick(this.channels), this.pick(this.pools)];
    const message = this.made++;
    const leaves: Record<string, () => Operation<unknown>> = {
      sent: () => to.send(message),
      came: () => from.receive(),
      permit: () => pool.acquire(1 + this.below(pool.capacity)),
      fewer: () => pool.acquire(),
      lock: () => this.pick(this.locks).lock(),
      event: () => this.pick(this.events).wait(),
      late: () => sleep(this.below(4)),
      callback: () => this.callback(),
      work: () => until(Promise.resolve(), 'work'),
      ...(this.fibers.length > 0 && { joined: () => this.fibers[0]!.join(), again: () => this.fibers[0]!.join() }),
    };
    const names = Object.keys(leaves).filter(() => this.below(2) === 0);
    if (names.length === 0) return;
    const chosen = yield* select(Object.fromEntries(names.map((name) => [name, leaves[name]!()])));
    if (chosen.branch === 'sent') this.sent.add(message);
    else if (chosen.branch === 'came') this.received.push(chosen.value as number);
    else if (['permit', 'fewer', 'lock'].includes(chosen.branch)) yield* this.holding(chosen.value as Permit);
  }

  private callback(): Operation<void> {
    const at = this.below(4);
    return suspend((resume) => {
      this.registered++;
      const answer = (f: () => void): void => {
        f();
        this.registered--;
      };
      if (at === 0) return answer(() => resume());
      if (at === 1) return answer(() => resume.fail(new Mishap()));
      return () => {
        this.registered--;
        if (at === 2) throw new Mishap();
      };
    });
  }

  private *withDescriptors(): Operation<void> {
    const stock = this.world.runtime.loop.descriptors;
    const taken: Holding[] = [];
    try {
      for (let wanted = 1 + this.below(3); wanted > 0; wanted--) taken.push(yield* stock.take());
      yield* sleep(this.below(3));
    } finally {
      for (const holding of taken) stock.giveBack(holding);
    }
  }

  /** Everything balances, also while programs run. */
  balance(t: ExecutionContext): void {
    const { nodes, edges, fibers } = parseSnapshot(JSON.stringify(this.world.runtime.snapshotNow()));
    const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
    t.is(sum(nodes.map((node) => node.fibers)), fibers.live);
    for (const { id, label, arrivals, fibers: here } of nodes)
      if (label !== 'exit')
        t.is(here, arrivals - sum(edges.flatMap(({ from, count }) => (from === id ? [count] : []))));
    for (const one of this.channels) (one as unknown as { exchange: { validate(): void } }).exchange.validate();
    for (const pool of [...this.pools, ...this.locks])
      t.is(pool.available, pool.capacity - sum([...(pool as PermitPool).holders()].map(({ count }) => count)));
  }

  /** All programs have ended. */
  ended(t: ExecutionContext): void {
    this.balance(t);
    for (const one of this.channels) {
      t.like(one.stats(), { waitingToSend: 0, waitingToReceive: 0 });
      for (let left = one.tryReceive(); left !== undefined; left = one.tryReceive()) this.received.push(left.value);
    }
    t.deepEqual(
      this.received.sort((a, b) => a - b),
      [...this.sent].sort((a, b) => a - b),
    );
    for (const pool of [...this.pools, ...this.locks])
      t.deepEqual(pool.stats(), { capacity: pool.capacity, available: pool.capacity, waiting: 0 });
    for (const one of this.events) t.is(one.stats().waiting, 0);
    const { descriptors } = this.world.runtime.loop;
    t.deepEqual([descriptors.counted, descriptors.heldByFibers, descriptors.waiters.size], [0, 0, 0]);
    t.is(this.registered, 0);
  }

  /** Throws what no program may ever see. */
  check(error: unknown): void {
    if (error instanceof AggregateError) return error.errors.forEach((one) => this.check(one));
    const known = [Mishap, CancelledError, ChannelClosedError, FiberCancelledError, TimeoutError, OverloadError];
    if (!known.some((kind) => error instanceof kind) && !/while it holds it|joins itself/.test(String(error)))
      throw error;
  }

  private below(n: number): number {
    return this.world.random.below(n);
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

for (const queue of ['shuffled', 'stride', 'fifo'] as const)
  test(`whatever programs do and wherever they are cancelled, nothing is lost, doubled, kept or left waiting (${queue})`, async (t) => {
    for (const seed of fuzzSeeds(150)) {
      await simulateClean((world) => play(t, new Playground(world), world.random), { seed, queue });
    }
  });

/** Some programs side by side, of which perhaps all are cancelled at some step, and all in the end. */
function* play(t: ExecutionContext, playground: Playground, random: Random): Operation<void> {
  const programs = scope(function* (inner) {
    for (let n = 2 + random.below(5); n > 0; n--) inner.spawn(() => playground.program(3));
    inner.spawn(function* () {
      for (let steps = random.below(60); steps > 0; steps--) yield* yieldNow();
      playground.balance(t);
      if (random.below(2) === 0) inner.cancel();
    });
  });
  try {
    yield* moveOnAfter(40, programs);
  } catch (error) {
    playground.check(error);
  }
  playground.ended(t);
}
