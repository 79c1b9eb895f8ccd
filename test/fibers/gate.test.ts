import test from 'ava';
import {
  ArgumentError,
  event,
  FiberCancelledError,
  FiberLocal,
  gate,
  moveOnAfter,
  OverloadError,
  resource,
  Runtime,
  scope,
  shield,
  sleep,
  spawn,
  spawnDaemon,
  until,
  type Gate,
  type Operation,
} from 'heddle';
import { fetch, listen, text } from 'heddle/http';
import { ShuffledRunQueue, VirtualClock } from 'heddle/testing';
import { Random } from '#src/base/random.js';
import { currentFiber } from '#src/fibers/current.js';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Entry, EntryOptions, Governor, Work } from '#src/fibers/governor.js';
import { fuzzSeeds } from '../support/fuzz.js';
import { leftovers } from '../support/no-leak.js';

/** Decides nothing by itself: a test lets in and refuses. */
class Doorkeeper implements Governor, Entry {
  readonly opened: EntryOptions[] = [];
  readonly waiting: Work[] = [];
  begun: number = 0;
  ended: number = 0;
  withdrawn: number = 0;
  closed: number = 0;
  isOpen: boolean = false;
  isLast: boolean = false;
  readonly pollMs: number = 0;
  readonly pollsRarely: boolean = false;

  open(options: EntryOptions): Entry {
    this.opened.push(options);
    return this;
  }
  passesBy(): boolean {
    return false;
  }
  passed(): void {}
  wake(): void {}
  allocated(): void {}
  arrived(): void {}
  turnedAway(): void {}
  close(): void {
    this.closed++;
    for (const work of this.waiting.splice(0)) this.refuse(work, 'closed');
  }
  offer(work: Work): void {
    work.keepContext();
    this.waiting.push(work);
    if (this.isOpen) this.letIn();
  }
  withdraw(work: Work): void {
    const at = this.waiting.indexOf(work);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.withdrawn++;
  }
  letIn(): void {
    const work = this.waiting.shift()!;
    this.begun++;
    const body = Object.defineProperty(() => {}, 'name', { value: work.kind });
    work.beginInContext({ body, isLast: this.isLast, end: () => this.ended++, moveOn() {} });
  }
  refuse(work: Work = this.waiting.shift()!, reason: string = 'cpu'): void {
    work.refuse({ reason, retryAfterMs: 100, isFinal: false });
  }
}

/** Runs `body` beside a doorkeeper; nothing may be left behind. */
async function withDoorkeeper(
  body: (door: Doorkeeper, mail: Gate) => Operation<void>,
): Promise<{ door: Doorkeeper; left: object }> {
  const door = new Doorkeeper();
  const runtime = new Runtime({ clock: new VirtualClock() });
  runtime.loop.makeGovernor = () => door;
  await runtime.run(() =>
    scope(function* () {
      yield* body(door, gate({ name: 'mail', goal: 100 }));
    }),
  );
  return { door, left: leftovers(runtime) };
}

const NOTHING = { live: 0, scopes: 0, ready: 0, timers: 0 };

test('what is let in runs in a fiber of its own, and what it returns comes back', async (t) => {
  const { door, left } = await withDoorkeeper(function* (door, mail) {
    let name = '';
    const work = yield* spawn(() =>
      mail.admit(
        function* deliver(a: number, b: number) {
          yield* sleep(5);
          name = 'ran';
          return a + b;
        },
        20,
        22,
      ),
    );
    yield* sleep(1);
    t.is(name, '');
    t.is(door.waiting[0]!.kind, 'deliver');
    door.letIn();
    t.is(yield* work.join(), 42);
    t.is(name, 'ran');
  });
  t.deepEqual([door.begun, door.ended, door.closed], [1, 1, 1]);
  t.deepEqual(door.opened, [{ name: 'mail', goal: 100, patient: false }]);
  t.deepEqual(left, NOTHING);
});

test('what asks at a gate has its priority', async (t) => {
  await withDoorkeeper(function* (door) {
    const background = gate({ name: 'background', goal: 100, priority: 0.1 });
    const work = yield* spawn(() => background.admit(function* tidy() {}));
    yield* sleep(1);
    t.is(door.waiting[0]!.priority, 0.1);
    door.letIn();
    yield* work.join();
  });
});

test('what is refused throws an OverloadError that says why and when to try again; nothing has begun', async (t) => {
  const { door } = await withDoorkeeper(function* (door, mail) {
    let ran = false;
    const work = yield* spawn(function* () {
      try {
        yield* mail.admit(function* deliver() {
          ran = true;
        });
      } catch (error) {
        return error;
      }
      return null;
    });
    yield* sleep(1);
    door.refuse();
    const error = yield* work.join();
    t.true(error instanceof OverloadError);
    t.is((error as Error).message, 'mail: not let in, because of cpu. Try again in 100 ms');
    t.false(ran);
  });
  t.is(door.begun, 0);
});

test('what the work throws comes out of admit, and cancels none of its siblings', async (t) => {
  const { door, left } = await withDoorkeeper(function* (door, mail) {
    door.isOpen = true;
    const sibling = yield* spawn(() =>
      mail.admit(function* steady() {
        yield* sleep(50);
        return 'done';
      }),
    );
    let thrown: unknown = null;
    try {
      yield* mail.admit(function* broken(): Operation<void> {
        yield* sleep(1);
        throw new RangeError('mine');
      });
    } catch (error) {
      thrown = error;
    }
    t.true(thrown instanceof RangeError);
    t.is(yield* sibling.join(), 'done');
  });
  t.is(door.ended, 2);
  t.deepEqual(left, NOTHING);
});

for (const [why, cause, wanted] of [
  ['so that the process lives has the error that says so', new OverloadError('memory ran out'), OverloadError],
  ['for another reason was cancelled', undefined, FiberCancelledError],
] as const)
  test(`work that is stopped ${why}, and its caller goes on`, async (t) => {
    const { left } = await withDoorkeeper(function* (door, mail) {
      door.isOpen = true;
      let working: Fiber;
      const caller = yield* spawn(function* () {
        try {
          yield* mail.admit(function* hungry() {
            working = currentFiber('test');
            yield* sleep(1000);
          });
        } catch (error) {
          return error;
        }
        return null;
      });
      yield* sleep(1);
      working!.cancel('stopped', cause);
      const thrown = yield* caller.join();
      t.true(thrown instanceof wanted, String(thrown));
      if (cause !== undefined) t.is(thrown, cause);
      t.is(door.ended, 1);
    });
    t.deepEqual(left, NOTHING);
  });

test('work that others let in has the locals of who asked for it', async (t) => {
  const user = new FiberLocal('nobody');
  await withDoorkeeper(function* (door, mail) {
    const asking = [];
    for (const name of ['ann', 'bob'])
      asking.push(
        yield* spawn(function* () {
          user.set(name);
          return yield* mail.admit(function* deliver() {
            return user.get();
          });
        }),
      );
    yield* sleep(1);
    user.set('a fiber that makes room');
    door.letIn();
    yield* until(Promise.resolve().then(() => door.letIn()));
    t.deepEqual([yield* asking[0]!.join(), yield* asking[1]!.join()], ['ann', 'bob']);
    t.is(user.get(), 'a fiber that makes room');
  });
});

test('a request that others let in has the locals of who serves', async (t) => {
  const user = new FiberLocal('nobody');
  const door = new Doorkeeper();
  const runtime = new Runtime();
  runtime.loop.makeGovernor = () => door;
  const seen = await runtime.run(function* () {
    user.set('server');
    const server = yield* listen({ port: 0, host: '127.0.0.1', goal: 100 });
    yield* spawnDaemon(() =>
      server.serve(function* () {
        return text(user.get());
      }),
    );
    user.set('a fiber that makes room');
    const asking = yield* spawn(function* () {
      const response = yield* fetch(server.url);
      return (yield* response.bytes()).toString();
    });
    while (door.waiting.length === 0) yield* sleep(1);
    door.letIn();
    return yield* asking.join();
  });
  t.is(seen, 'server');
});

test('the connection of a request that is the last on it is closed with the answer, and no other', async (t) => {
  const door = new Doorkeeper();
  door.isOpen = true;
  const runtime = new Runtime();
  runtime.loop.makeGovernor = () => door;
  const seen = await runtime.run(function* () {
    const server = yield* listen({ port: 0, host: '127.0.0.1', goal: 100 });
    yield* spawnDaemon(() =>
      server.serve(function* () {
        return text('all of it');
      }),
    );
    const connections: (string | null)[] = [];
    for (const isLast of [false, true, false]) {
      door.isLast = isLast;
      const response = yield* fetch(server.url);
      t.is((yield* response.bytes()).toString(), 'all of it');
      connections.push(response.headers.get('connection'));
    }
    return connections;
  });
  t.deepEqual(seen, ['keep-alive', 'close', 'keep-alive']);
});

test('in the graph work is begun where it was asked for, and not by those who made room for it', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  await runtime.run(function* () {
    const mail = gate({ name: 'mail', goal: 1000, patient: true });
    function* heavy(): Operation<void> {
      yield* sleep(5);
    }
    function* light(): Operation<void> {
      yield* sleep(5);
    }
    function* asksForHeavy(): Operation<void> {
      yield* mail.admit(heavy);
    }
    function* asksForLight(): Operation<void> {
      yield* mail.admit(light);
    }
    yield* scope(function* (inner) {
      for (let i = 0; i < 50; i++) {
        inner.spawn(asksForHeavy);
        inner.spawn(asksForLight);
      }
    });
  });
  const { nodes } = runtime.snapshotNow();
  const kindOf = (id: string): string => nodes.find((node) => node.id === id)!.chain[0]!;
  const begun = nodes.flatMap(({ chain, spawns }) => spawns.map(({ to, count }) => [chain[0], kindOf(to), count]));
  t.deepEqual(begun.filter(([, to]) => to === 'heavy' || to === 'light').sort(), [
    ['asksForHeavy', 'heavy', 50],
    ['asksForLight', 'light', 50],
  ]);
});

test('who is cancelled while the work waits withdraws it', async (t) => {
  const { door, left } = await withDoorkeeper(function* (door, mail) {
    const work = yield* spawn(() => mail.admit(function* deliver() {}));
    yield* sleep(1);
    work.cancel();
    yield* sleep(1);
    t.is(door.waiting.length, 0);
  });
  t.deepEqual([door.withdrawn, door.begun], [1, 0]);
  t.deepEqual(left, NOTHING);
});

test('who is cancelled while the work goes on cancels it, and waits for its end', async (t) => {
  const { door, left } = await withDoorkeeper(function* (door, mail) {
    door.isOpen = true;
    const log: string[] = [];
    const work = yield* spawn(function* () {
      try {
        yield* mail.admit(function* deliver() {
          try {
            yield* sleep(1000);
          } finally {
            yield* shield(sleep(20));
            log.push('cleaned up');
          }
        });
      } finally {
        log.push('put back');
      }
    });
    yield* sleep(1);
    work.cancel();
    yield* sleep(10);
    t.deepEqual(log, []);
    yield* sleep(20);
    t.deepEqual(log, ['cleaned up', 'put back']);
  });
  t.deepEqual([door.withdrawn, door.begun, door.ended], [0, 1, 1]);
  t.deepEqual(left, NOTHING);
});

function cleanUp(): void {
  throw new RangeError('mine');
}

test('work that is complete when its caller is cancelled has its result, or its error, as if it had been called', async (t) => {
  const log: string[] = [];
  const { door, left } = await withDoorkeeper(function* (door, mail) {
    door.isOpen = true;
    const acknowledged = event();
    const first = yield* spawn(function* () {
      yield* mail.admit(() => acknowledged.wait());
      log.push('returned');
    });
    const second = yield* spawn(function* () {
      try {
        yield* mail.admit(function* failing() {
          try {
            yield* sleep(1000);
          } finally {
            cleanUp();
          }
        });
      } catch (error) {
        log.push(String(error));
      }
    });
    yield* sleep(1);
    acknowledged.set();
    first.cancel();
    second.cancel();
  });
  t.deepEqual(log, ['returned', 'RangeError: mine']);
  t.deepEqual([door.begun, door.ended], [2, 2]);
  t.deepEqual(left, NOTHING);
});

test('a gate that closes with its scope refuses what still waits', async (t) => {
  const { door } = await withDoorkeeper(function* (door) {
    let outcome: unknown = null;
    let inner: Gate;
    const waiter = yield* spawn(function* () {
      yield* sleep(1);
      try {
        yield* inner.admit(function* deliver() {});
      } catch (error) {
        outcome = error;
      }
    });
    yield* scope(function* () {
      inner = gate({ name: 'inner', goal: 100 });
      yield* sleep(10);
    });
    yield* waiter.join();
    t.true(outcome instanceof OverloadError);
    t.is(door.closed, 1);
  });
  t.is(door.closed, 2);
});

test('whatever the door does, and wherever callers are cancelled, work ends once that has begun, and nothing else begins', async (t) => {
  for (const seed of fuzzSeeds(100)) {
    const random = new Random(seed);
    const door = new Doorkeeper();
    const runtime = new Runtime({ clock: new VirtualClock(), queue: new ShuffledRunQueue(random) });
    runtime.loop.makeGovernor = () => door;
    const counts = { asked: 0, begun: 0, ended: 0, refused: 0 };
    function* deliver(): Operation<void> {
      counts.begun++;
      try {
        yield* sleep(random.below(4));
        if (random.below(4) === 0) throw new Error('mishap');
      } finally {
        counts.ended++;
      }
    }
    function* ask(mail: Gate): Operation<void> {
      yield* sleep(random.below(10));
      counts.asked++;
      try {
        yield* moveOnAfter(random.below(8), mail.admit(deliver));
      } catch (error) {
        if (error instanceof OverloadError) counts.refused++;
        else if ((error as Error).message !== 'mishap') throw error;
      }
    }
    await runtime.run(() =>
      scope(function* (inner) {
        const mail = gate({ name: 'mail', goal: 100 });
        for (let n = 0; n < 30; n++) inner.spawn(ask, mail);
        yield* spawnDaemon(function* () {
          for (;;) {
            yield* sleep(random.below(2));
            if (door.waiting.length === 0) continue;
            if (random.below(3) === 0) door.refuse();
            else door.letIn();
          }
        });
      }),
    );
    const { begun, ended, refused, asked } = counts;
    const where = `[seed ${seed}] ${JSON.stringify(counts)}`;
    t.deepEqual([begun, ended, door.ended], [door.begun, door.begun, door.begun], where);
    t.is(begun + refused + door.withdrawn, asked, where);
    t.deepEqual(leftovers(runtime), NOTHING, where);
  }
});

test('without a governor all is let in at once', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  runtime.loop.makeGovernor = null;
  const result = await runtime.run(function* () {
    const mail = gate({ name: 'mail', goal: 100 });
    return yield* mail.admit(function* deliver(x: number) {
      yield* sleep(5);
      return x;
    }, 7);
  });
  t.is(result, 7);
});

test('behind a patient gate all is done, within what a resource allows, and nothing is refused', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const done = await runtime.run(function* () {
    const crawl = gate({ name: 'crawl', goal: 1000, patient: true });
    const seats = resource('seats', { capacity: 4 });
    let done = 0;
    yield* scope(function* (inner) {
      for (let i = 0; i < 300; i++)
        inner.spawn(() =>
          crawl.admit(function* page() {
            yield* seats.withPermit(sleep(20));
            done++;
          }),
        );
    });
    return done;
  });
  t.is(done, 300);
  t.is(runtime.loop.spawned, runtime.loop.ended);
});

// Without one the program would end at once; so the process lives for the rest of a tick.
test('when its last gate is closed the governor leaves no timer', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  await runtime.run(function* () {
    yield* gate({ name: 'mail', goal: 100 }).admit(function* deliver() {});
  });
  t.deepEqual(leftovers(runtime), NOTHING);
});

test('a gate whose goal is below the time that its work takes still does it', async (t) => {
  const done = await new Runtime({ clock: new VirtualClock() }).run(function* () {
    const mail = gate({ name: 'mail', goal: 1 });
    let done = 0;
    for (let i = 0; i < 100; i++)
      yield* mail.admit(function* slow() {
        yield* sleep(50);
        done++;
      });
    return done;
  });
  t.is(done, 100);
});

for (const goal of [0, -1, NaN, Infinity, '500', undefined] as unknown as number[])
  test(`a goal of ${JSON.stringify(goal)} (${String(goal)}) is refused`, async (t) => {
    await new Runtime({ clock: new VirtualClock() }).run(function* () {
      const error = t.throws(() => gate({ name: 'mail', goal }), { instanceOf: ArgumentError });
      t.regex(error.message, /^Expected `goal` to be a (finite )?number of milliseconds above 0, got /);
    });
  });

test('a gate without a name is refused, and so is work that is no function', async (t) => {
  await new Runtime({ clock: new VirtualClock() }).run(function* () {
    t.throws(() => gate({ name: '', goal: 1 }), { instanceOf: ArgumentError, message: /`name`/ });
    const mail = gate({ name: 'mail', goal: 1 });
    let thrown: unknown = null;
    try {
      yield* mail.admit(undefined as unknown as () => Operation<void>);
    } catch (error) {
      thrown = error;
    }
    t.true(thrown instanceof ArgumentError);
  });
});
