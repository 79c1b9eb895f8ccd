import test from 'ava';
import { Cause, Clock, Context, Data, Deferred, Effect, Exit, Fiber, Layer, Result, Scope, Tracer } from 'effect';
import {
  all,
  ArgumentError,
  CancelledError,
  channel,
  FiberCancelledError,
  FiberLocal,
  MisuseError,
  moveOnAfter,
  now,
  race,
  run,
  Runtime,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  TimeoutError,
  until,
  withTimeout,
  yieldNow,
  type Operation,
} from 'heddle';
import { causeOf, fromEffect, fromScopedEffect, provideRuntime, toEffect, toScopedEffect } from 'heddle/effect';
import { VirtualClock } from 'heddle/testing';
import { checkClean, simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

class NotFound extends Data.TaggedError('NotFound')<{ readonly id: number }> {}

/** Runs an Effect outside of all fibers, with a runtime of its own in virtual time, which must be clean afterwards. */
async function runEffect<A, E>(effect: Effect.Effect<A, E>): Promise<Exit.Exit<A, E>> {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const exit = await Effect.runPromiseExit(provideRuntime(effect, runtime));
  // The root scope closes one promise after what it ran.
  await new Promise((resolve) => setImmediate(resolve));
  checkClean(runtime);
  return exit;
}

/** Runs an Effect in a fiber, in virtual time; nothing may be left behind. */
function inFiber<A, E>(effect: Effect.Effect<A, E>): Promise<Exit.Exit<A, E>> {
  return simulateClean(() => fromEffect(Effect.exit(effect)));
}

// From Effect.

test('an Effect that is over at once does not suspend', async (t) => {
  const { log } = await simulateClean(function* (world) {
    yield* spawn(function* other() {
      world.log('other');
    });
    world.log(String(yield* fromEffect(Effect.succeed(1))));
    world.log(String(yield* fromEffect(Effect.sync(() => 2))));
    world.log(
      String(
        yield* fromEffect(
          Effect.gen(function* () {
            return 1 + (yield* Effect.succeed(2));
          }),
        ),
      ),
    );
    yield* yieldNow();
    return { log: world.events };
  });
  t.deepEqual(log, ['1', '2', '3', 'other']);
});

test('a fiber of nothing but Effects that are over at once gives way, and meets its cancellation', async (t) => {
  for (const effect of [Effect.succeed(1), Effect.sync(() => 1)]) {
    let rounds = 0;
    await simulateClean(
      function* () {
        const fiber = yield* spawn(function* busy() {
          for (; rounds < 1_000_000; rounds++) yield* fromEffect(effect);
        });
        yield* yieldNow();
        fiber.cancel();
      },
      { queue: 'fifo' },
    );
    t.true(rounds >= 500 && rounds < 100_000, `${rounds}`);
  }
});

test('a waiting Effect suspends the fiber and gives its value', async (t) => {
  await simulateManyClean(function* (world) {
    const { branch } = yield* race([
      (function* () {
        return {
          branch: yield* fromEffect(
            Effect.as(
              Effect.promise(() => Promise.resolve()),
              'effect',
            ),
          ),
        };
      })(),
      (function* () {
        yield* sleep(1000);
        return { branch: 'sleep' };
      })(),
    ]);
    t.is(branch, 'effect');
    t.is(world.clock.now(), 0);
  });
});

test('time of Effects is the time of the program', async (t) => {
  const [waited, millis] = await simulateClean(function* () {
    const began = now();
    const millis = yield* fromEffect(
      Effect.gen(function* () {
        yield* Effect.sleep('1 hour');
        return yield* Effect.clockWith((clock) => clock.currentTimeMillis);
      }),
    );
    return [now() - began, millis];
  });
  t.is(waited, 3_600_000);
  t.is(millis, 3_600_000);
});

test('an Effect that gives way lets fibers run', async (t) => {
  const events = await simulateClean(function* (world) {
    yield* spawn(function* other() {
      world.log('other');
    });
    yield* fromEffect(
      Effect.gen(function* () {
        for (let i = 0; i < 20; i++) yield* Effect.yieldNow;
        world.log('effect');
      }),
    );
    return world.events;
  });
  t.deepEqual(events, ['other', 'effect']);
});

test('a typed failure is thrown as it is, at once and later', async (t) => {
  const failure = new NotFound({ id: 7 });
  for (const effect of [Effect.fail(failure), Effect.andThen(Effect.sleep(10), Effect.fail(failure))]) {
    const error = await simulateClean(() => thrownBy(fromEffect(effect)));
    t.is(error, failure);
    t.true(Cause.hasFails(causeOf(error)!));
  }
  t.is(await simulateClean(() => thrownBy(fromEffect(Effect.fail('plain')))), 'plain');
});

test('a defect is thrown as it is, and its cause says that it is one', async (t) => {
  const defect = new RangeError('broken');
  const error = await simulateClean(() =>
    thrownBy(
      fromEffect(
        Effect.sync(() => {
          throw defect;
        }),
      ),
    ),
  );
  t.is(error, defect);
  t.false(Cause.hasFails(causeOf(error)!));
  t.true(Cause.hasDies(causeOf(error)!));
  t.is(causeOf(new Error('another')), undefined);
  t.is(causeOf('text'), undefined);
});

test('failures are typed values where Effect is asked for a Result', async (t) => {
  const id = await simulateClean(function* () {
    const effect = Effect.fail(new NotFound({ id: 7 })) as Effect.Effect<string, NotFound>;
    const result = yield* fromEffect(Effect.result(effect));
    return Result.isFailure(result) ? result.failure.id : 0;
  });
  t.is(id, 7);
});

test('an Effect that is interrupted from within has no result', async (t) => {
  const error = await simulateClean(() => thrownBy(fromEffect(Effect.interrupt)));
  t.true(error instanceof FiberCancelledError);
  t.true(Cause.hasInterruptsOnly(causeOf(error)!));
});

test('a cancelled fiber interrupts its Effect and waits for its finalizers', async (t) => {
  await simulateManyClean(function* (world) {
    const fiber = yield* spawn(function* work() {
      try {
        yield* fromEffect(
          Effect.never.pipe(
            Effect.onInterrupt(() =>
              Effect.andThen(
                Effect.sleep(50),
                Effect.sync(() => world.log('finalized')),
              ),
            ),
          ),
        );
      } catch (error) {
        world.log(error instanceof CancelledError ? 'cancelled' : String(error));
        throw error;
      }
    });
    yield* sleep(10);
    fiber.cancel();
    yield* thrownBy(fiber.join());
    t.is(now(), 60);
    t.deepEqual(world.events.splice(0), ['finalized', 'cancelled']);
  });
});

test('a deadline reaches the Effect', async (t) => {
  await simulateManyClean(function* (world) {
    const error = yield* thrownBy(
      withTimeout(
        100,
        fromEffect(Effect.onInterrupt(Effect.sleep('1 hour'), () => Effect.sync(() => world.log('interrupted')))),
      ),
    );
    t.true(error instanceof TimeoutError);
    t.is(now(), 100);
    t.is(yield* moveOnAfter(100, fromEffect(Effect.never)), undefined);
    t.deepEqual(world.events.splice(0), ['interrupted']);
  });
});

test('an uninterruptible part of an Effect is waited for, and then the fiber is cancelled all the same', async (t) => {
  const events = await simulateClean(function* (world) {
    const part = Effect.andThen(
      Effect.sleep(50),
      Effect.sync(() => world.log('done')),
    );
    t.is(yield* moveOnAfter(10, fromEffect(Effect.uninterruptible(part))), undefined);
    t.is(now(), 50);
    return world.events;
  });
  t.deepEqual(events, ['done']);
});

test('what a finalizer dies of is not lost in a cancellation', async (t) => {
  const error = await simulateClean(() =>
    thrownBy(moveOnAfter(10, fromEffect(Effect.onInterrupt(Effect.never, () => Effect.die(new Error('finalizer')))))),
  );
  t.is((error as Error).message, 'finalizer');
});

test('a failure that was there before the fiber was cancelled is thrown, as heddle itself does', async (t) => {
  const failure = new NotFound({ id: 1 });
  function* fails(): Operation<never> {
    yield* sleep(10);
    throw failure;
  }
  function* finalizes(): Operation<void> {
    try {
      yield* suspend();
    } finally {
      yield* shield(sleep(50));
    }
  }
  const effects = Effect.all(
    [Effect.andThen(Effect.sleep(10), Effect.fail(failure)), Effect.onInterrupt(Effect.never, () => Effect.sleep(50))],
    { concurrency: 2 },
  );
  for (const make of [() => all([fails(), finalizes()]), () => fromEffect(effects)])
    await simulateClean(function* () {
      let thrown: unknown;
      yield* moveOnAfter(
        20,
        (function* () {
          thrown = yield* thrownBy(make());
        })(),
      );
      t.is(thrown, failure);
      t.is(now(), 60);
    });
});

test('a cancelled fiber begins no Effect', async (t) => {
  let begun = 0;
  await simulateClean(function* () {
    yield* moveOnAfter(
      10,
      (function* () {
        yield* thrownBy(sleep(1000));
        yield* fromEffect(Effect.sync(() => begun++));
      })(),
    );
  });
  t.is(begun, 0);
});

test('an Effect that cancels its own fiber is interrupted where it waits next', async (t) => {
  const events = await simulateClean(function* (world) {
    yield* thrownBy(
      scope(function* (inner) {
        yield* fromEffect(
          Effect.sync(() => inner.cancel()).pipe(
            Effect.andThen(Effect.sleep('1 hour')),
            Effect.onInterrupt(() => Effect.sync(() => world.log('interrupted'))),
          ),
        );
      }),
    );
    t.is(now(), 0);
    return world.events;
  });
  t.deepEqual(events, ['interrupted']);
});

class Greeting extends Context.Service<Greeting, { readonly text: string }>()('Greeting') {}

test('services are given beside the Effect', async (t) => {
  const services = Context.make(Greeting, { text: 'hello' });
  const effect = Effect.gen(function* () {
    yield* Effect.sleep(1);
    return (yield* Greeting).text;
  });
  t.is(await simulateClean(() => fromEffect(effect, services)), 'hello');
});

test('a layer is built into services, and released when the scope ends', async (t) => {
  const events = await simulateClean(function* (world) {
    const layer = Layer.effect(
      Greeting,
      Effect.acquireRelease(
        Effect.sync(() => (world.log('acquired'), { text: 'hello' })),
        () =>
          Effect.andThen(
            Effect.sleep(5),
            Effect.sync(() => world.log('released')),
          ),
      ),
    );
    yield* scope(function* (inner) {
      inner.defer(() => world.log('deferred before'));
      const services = yield* fromScopedEffect(Layer.build(layer));
      inner.defer(() => world.log('deferred after'));
      world.log(
        yield* fromEffect(
          Effect.map(Greeting, ({ text }) => text),
          services,
        ),
      );
    });
    world.log('closed');
    return world.events;
  });
  t.deepEqual(events, ['acquired', 'hello', 'deferred after', 'released', 'deferred before', 'closed']);
});

test('an Effect that acquires nothing leaves nothing in the scope, and what fails to be acquired is not released', async (t) => {
  await simulateClean(function* (world) {
    yield* scope(function* (inner) {
      yield* fromScopedEffect(Effect.sleep(1));
      t.false((inner as unknown as { cleanups: Set<unknown> | null }).cleanups!.size > 0);
      const acquire = Effect.acquireRelease(Effect.fail('nothing'), () => Effect.sync(() => world.log('released')));
      t.is(yield* thrownBy(fromScopedEffect(acquire)), 'nothing');
      const two = Effect.andThen(
        Effect.acquireRelease(Effect.void, () => Effect.sync(() => world.log('first'))),
        acquire,
      );
      t.is(yield* thrownBy(fromScopedEffect(two)), 'nothing');
    });
    t.deepEqual(world.events, ['first']);
  });
});

test('a finalizer is told how the scope of the fiber ended', async (t) => {
  const exits: Exit.Exit<unknown, unknown>[] = [];
  const acquire = Effect.acquireRelease(Effect.void, (_, exit) => Effect.sync(() => void exits.push(exit)));
  const failure = new NotFound({ id: 1 });
  const bug = new Error('broken');
  await simulateClean(function* () {
    yield* scope(() => fromScopedEffect(acquire));
    yield* thrownBy(
      scope(function* () {
        yield* fromScopedEffect(acquire);
        yield* fromEffect(Effect.fail(failure));
      }),
    );
    yield* thrownBy(
      scope(function* () {
        yield* fromScopedEffect(acquire);
        throw bug;
      }),
    );
    yield* moveOnAfter(
      10,
      scope(function* () {
        yield* fromScopedEffect(acquire);
        yield* suspend();
      }),
    );
  });
  t.is(exits.length, 4);
  t.true(Exit.isSuccess(exits[0]!));
  t.true(Exit.isFailure(exits[1]!) && Cause.hasFails(exits[1].cause));
  t.true(Exit.isFailure(exits[2]!) && Cause.hasDies(exits[2].cause) && Cause.squash(exits[2].cause) === bug);
  t.true(Exit.isFailure(exits[3]!) && Cause.hasInterruptsOnly(exits[3].cause));
});

test('the blocking point of an Effect has the name of its outermost span', async (t) => {
  const labels = await simulateClean(function* (world) {
    const query = Effect.withSpan(Effect.sleep(10), 'sql.query');
    yield* spawn(() => fromEffect(Effect.withSpan(query, 'load user')));
    yield* spawn(() => fromEffect(Effect.sleep(10)));
    yield* sleep(5);
    return world.runtime.snapshotNow().nodes.map(({ label, subject }) => `${label} ${subject}`);
  });
  t.true(labels.includes('effect load user'), labels.join());
  t.true(labels.includes('effect null'), labels.join());
});

test('the span around an Effect, in its services, is not its name', async (t) => {
  const labels = await simulateClean(function* (world) {
    const around = yield* fromEffect(Effect.makeSpan('request'));
    const services = Context.make(Tracer.ParentSpan, around);
    yield* spawn(() => fromEffect(Effect.withSpan(Effect.sleep(10), 'load user'), services));
    yield* sleep(5);
    return world.runtime.snapshotNow().nodes.map(({ label, subject }) => `${label} ${subject}`);
  });
  t.true(labels.includes('effect load user'), labels.join());
});

test('services that were taken in one fiber do not tie Effects of another one to it', async (t) => {
  const user = new FiberLocal('nobody');
  await simulateManyClean(function* () {
    const services = yield* fromEffect(Effect.context());
    const other = yield* spawn(function* () {
      user.set('me');
      return yield* fromEffect(
        toEffect(function* () {
          yield* sleep(1);
          return user.get();
        }),
        services,
      );
    });
    t.is(yield* other.join(), 'me');
  });
});

test('services that were taken in one run have the time of the run that uses them', async (t) => {
  const services = await simulateClean(() => fromEffect(Effect.context()));
  const waited = await simulateClean(function* () {
    yield* fromEffect(Effect.sleep('1 hour'), services);
    return now();
  });
  t.is(waited, 3_600_000);
  // A clock of the program's own holds.
  const own = Context.add(services, Clock.Clock, {
    ...(await simulateClean(() => fromEffect(Effect.clockWith(Effect.succeed)))),
    currentTimeMillis: Effect.succeed(7),
  });
  t.is(
    await simulateClean(() =>
      fromEffect(
        Effect.clockWith((clock) => clock.currentTimeMillis),
        own,
      ),
    ),
    7,
  );
});

test('what is no Effect is refused by name', async (t) => {
  for (const wrong of [undefined, null, 1, {}, Promise.resolve(), Result.succeed(1)]) {
    t.throws(() => fromEffect(wrong as never), { instanceOf: ArgumentError, message: /Expected `effect`/ });
  }
});

test('one operation of an Effect runs once; outside of a fiber it does not run', async (t) => {
  await simulateClean(function* () {
    const operation = fromEffect(Effect.sync(() => 1));
    yield* operation;
    t.true((yield* thrownBy(operation)) instanceof MisuseError);
  });
  t.throws(() => [...(fromEffect(Effect.sync(() => 1)) as unknown as Iterable<unknown>)], { instanceOf: MisuseError });
});

test('fibers and Effects meet in a Deferred under every schedule', async (t) => {
  await simulateManyClean(function* () {
    const gate = Deferred.makeUnsafe<number>();
    const [sum] = yield* all([
      fromEffect(Effect.map(Deferred.await(gate), (value) => value + 1)),
      fromEffect(Deferred.succeed(gate, 41)),
    ]);
    t.is(sum, 42);
  });
});

// To Effect.

test('an operation becomes an Effect with its value', async (t) => {
  const exit = await runEffect(
    toEffect(function* () {
      yield* sleep(10);
      return 'done';
    }),
  );
  t.deepEqual(exit, Exit.succeed('done'));
});

test('an Effect of a function that makes an operation runs again; that of an operation says that it cannot', async (t) => {
  let attempts = 0;
  function* flaky(): Operation<number> {
    yield* sleep(1);
    if (++attempts < 3) throw new NotFound({ id: attempts });
    return attempts;
  }
  const effect = toEffect(flaky, { catch: (error) => error as NotFound });
  t.deepEqual(await runEffect(Effect.retry(effect, { times: 5 })), Exit.succeed(3));
  const once = toEffect(flaky());
  t.deepEqual(await runEffect(once), Exit.succeed(4));
  const exit = await runEffect(once);
  t.true(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof MisuseError);
});

test('what an operation throws is a defect, unless `catch` makes a failure of it', async (t) => {
  const error = new NotFound({ id: 7 });
  function* fails(): Operation<never> {
    yield* sleep(1);
    throw error;
  }
  const died = await runEffect(toEffect(fails));
  t.true(Exit.isFailure(died) && Cause.hasDies(died.cause) && Cause.squash(died.cause) === error);
  const failed = await runEffect(
    Effect.catchTag(toEffect(fails, { catch: (e) => e as NotFound }), 'NotFound', ({ id }) => Effect.succeed(id)),
  );
  t.deepEqual(failed, Exit.succeed(7));
  const passed = await runEffect(
    toEffect(fails, {
      catch(thrown): never {
        throw thrown;
      },
    }),
  );
  t.true(Exit.isFailure(passed) && Cause.hasDies(passed.cause) && Cause.squash(passed.cause) === error);
});

test('interrupting the Effect cancels the operation and waits for its clean-up', async (t) => {
  const events: string[] = [];
  await simulateManyClean(function* (world) {
    yield* fromEffect(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(
          toEffect(function* () {
            try {
              yield* suspend();
            } finally {
              world.log('clean-up');
            }
          }),
        );
        yield* Effect.sleep(10);
        yield* Fiber.interrupt(fiber);
        world.log('interrupted');
      }),
    );
    events.push(...world.events.splice(0));
    t.deepEqual(events.splice(0), ['clean-up', 'interrupted']);
  });
});

test('a timeout of Effect cancels the operation', async (t) => {
  const cleaned: number[] = [];
  const exit = await inFiber(
    Effect.timeoutOption(
      toEffect(function* () {
        try {
          yield* suspend(() => {});
        } finally {
          cleaned.push(1);
        }
      }),
      20,
    ),
  );
  t.is(Exit.isSuccess(exit) ? exit.value._tag : exit, 'None');
  t.deepEqual(cleaned, [1]);
});

test('what fails while an interrupted operation cleans up is in the cause', async (t) => {
  const exit = await inFiber(
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        toEffect(function* () {
          try {
            yield* suspend(() => {});
          } finally {
            throw new Error('clean-up');
          }
        }),
      );
      yield* Effect.sleep(10);
      yield* Fiber.interrupt(fiber);
      return yield* Fiber.await(fiber);
    }),
  );
  t.true(Exit.isSuccess(exit) && Exit.isFailure(exit.value) && /clean-up/.test(Cause.pretty(exit.value.cause)));
});

test('an operation runs beside the fiber of its Effect, with its fiber-locals and its deadline', async (t) => {
  const user = new FiberLocal('nobody');
  await simulateManyClean(function* () {
    user.set('me');
    const read = toEffect(function* () {
      yield* sleep(1);
      return user.get();
    });
    // The first begins in the fiber, the second when the timer of Effect rings, in no fiber.
    const names = yield* fromEffect(Effect.all([read, Effect.andThen(Effect.sleep(5), read)]));
    t.deepEqual(names, ['me', 'me']);
    let cancelled = false;
    const late = toEffect(function* () {
      try {
        yield* suspend();
      } catch (error) {
        cancelled = error instanceof CancelledError;
        throw error;
      }
    });
    t.is(yield* moveOnAfter(10, fromEffect(late)), undefined);
    t.true(cancelled);
  });
});

test('an operation that an Effect begins in the background is no part of the scope that its fiber has open by then', async (t) => {
  await simulateManyClean(function* (world) {
    const beat = toEffect(function* () {
      try {
        yield* sleep(1000);
        world.log('whole');
      } catch (error) {
        world.log('cut');
        throw error;
      }
    });
    yield* scope(function* () {
      yield* fromScopedEffect(Effect.forkScoped(Effect.andThen(Effect.sleep(5), Effect.forever(beat))));
      // It neither waits for it, nor stops it with its deadline.
      yield* withTimeout(500, sleep(10));
      t.is(now(), 10);
      yield* moveOnAfter(50, suspend());
      t.is(now(), 60);
      yield* sleep(1000);
    });
    t.is(now(), 1060);
    t.deepEqual(world.events.splice(0), ['whole', 'cut']);
  });
});

test('what Effect keeps from being interrupted, and finalizers, may be operations of a cancelled fiber', async (t) => {
  await simulateManyClean(function* (world) {
    const part = (name: string) =>
      toEffect(function* () {
        yield* sleep(50);
        world.log(name);
      });
    yield* moveOnAfter(10, fromEffect(Effect.uninterruptible(part('whole'))));
    t.is(now(), 50);
    yield* moveOnAfter(10, fromEffect(Effect.onInterrupt(Effect.never, () => part('finalizer'))));
    t.is(now(), 110);
    t.deepEqual(world.events.splice(0), ['whole', 'finalizer']);
  });
});

test('a failure inside of an operation that the Effect recovers from harms no sibling', async (t) => {
  await simulateManyClean(function* () {
    const sibling = yield* spawn(() => sleep(100));
    const value = yield* fromEffect(
      Effect.catchTag(
        toEffect(
          function* () {
            yield* sleep(1);
            throw new NotFound({ id: 1 });
          },
          { catch: (error) => error as NotFound },
        ),
        'NotFound',
        () => Effect.succeed('recovered'),
      ),
    );
    t.is(value, 'recovered');
    yield* sibling.join();
  });
});

test('failures, defects and interruptions keep their kind there and back', async (t) => {
  const failure = new NotFound({ id: 1 });
  const there = <E>(effect: Effect.Effect<never, E>): Effect.Effect<never, unknown> =>
    toEffect(() => fromEffect(effect), {
      catch(error) {
        if (Cause.hasFails(causeOf(error)!)) return error;
        throw error;
      },
    });
  const failed = await runEffect(there(Effect.fail(failure)));
  t.true(Exit.isFailure(failed) && Cause.hasFails(failed.cause) && !Cause.hasDies(failed.cause));
  const died = await runEffect(there(Effect.die(failure)));
  t.true(Exit.isFailure(died) && Cause.hasDies(died.cause) && !Cause.hasFails(died.cause));
  const interrupted = await runEffect(there(Effect.interrupt));
  t.true(Exit.isFailure(interrupted) && Cause.hasInterruptsOnly(interrupted.cause));
  t.is(await simulateClean(() => thrownBy(fromEffect(there(Effect.fail(failure))))), failure);
});

test('what an Effect in an operation dies of is no failure for `catch` to make', async (t) => {
  const defect = new RangeError('broken');
  const exit = await runEffect(
    toEffect(() => fromEffect(Effect.die(defect)), { catch: () => new NotFound({ id: 1 }) }),
  );
  t.true(Exit.isFailure(exit) && Cause.hasDies(exit.cause) && !Cause.hasFails(exit.cause));
  t.true(Exit.isFailure(exit) && Cause.squash(exit.cause) === defect);
});

test('a scope of Effect keeps open what an operation opened, and closes it', async (t) => {
  await simulateManyClean(function* (world) {
    const open = function* (): Operation<string> {
      const jobs = channel<string>();
      yield* spawn(function* worker() {
        try {
          yield* jobs.receive();
        } finally {
          world.log('worker stopped');
        }
      });
      return 'opened';
    };
    yield* fromEffect(
      Effect.scoped(
        Effect.gen(function* () {
          world.log(yield* toScopedEffect(open));
          yield* Effect.sleep(100);
          world.log('closing');
        }),
      ),
    );
    world.log('closed');
    t.deepEqual(world.events.splice(0), ['opened', 'closing', 'worker stopped', 'closed']);
  });
});

test('what operations open in the scope of a fiber is closed with it, in its turn', async (t) => {
  await simulateManyClean(function* (world) {
    const open = (name: string) =>
      toScopedEffect(function* () {
        yield* sleep(1);
        yield* spawn(function* worker() {
          try {
            yield* suspend();
          } finally {
            world.log(`${name} closed`);
          }
        });
        return { text: name };
      });
    const layer = Layer.effect(Greeting, open('server'));
    yield* scope(function* (inner) {
      const services = yield* fromScopedEffect(Layer.build(layer));
      t.is(Context.get(services, Greeting).text, 'server');
      yield* fromScopedEffect(Effect.addFinalizer(() => Effect.sync(() => world.log('used to the last'))));
      inner.defer(() => world.log('deferred'));
      yield* sleep(10);
    });
    t.deepEqual(world.events.splice(0), ['deferred', 'used to the last', 'server closed']);
    // Not in a fiber's scope by `fromScopedEffect`, but in one of Effect that the program keeps itself.
    yield* scope(function* (inner) {
      const kept = yield* fromEffect(Scope.make());
      inner.defer(() => fromEffect(Scope.close(kept, Exit.void)));
      yield* fromEffect(Scope.provide(open('kept'), kept));
    });
    t.deepEqual(world.events.splice(0), ['kept closed']);
  });
});

test('an operation that fails to open leaves nothing in the scope of Effect', async (t) => {
  const exit = await runEffect(
    Effect.scoped(
      toScopedEffect(
        function* (): Operation<never> {
          yield* sleep(1);
          throw new NotFound({ id: 1 });
        },
        { catch: (error) => error as NotFound },
      ),
    ),
  );
  t.true(Exit.isFailure(exit) && Cause.hasFails(exit.cause));
});

test('what fails in an open scope is a defect of its closing', async (t) => {
  const exit = await inFiber(
    Effect.scoped(
      Effect.andThen(
        toScopedEffect(function* () {
          yield* spawn(function* () {
            yield* sleep(5);
            throw new Error('in the background');
          });
        }),
        Effect.sleep(50),
      ),
    ),
  );
  t.true(Exit.isFailure(exit) && /in the background/.test(Cause.pretty(exit.cause)));
});

test('an operation that is interrupted while it opens is cancelled, and nothing stays open', async (t) => {
  const events: string[] = [];
  const exit = await inFiber(
    Effect.timeoutOption(
      Effect.scoped(
        toScopedEffect(function* () {
          try {
            yield* suspend(() => {});
          } finally {
            events.push('stopped');
          }
        }),
      ),
      20,
    ),
  );
  t.true(Exit.isSuccess(exit));
  t.deepEqual(events, ['stopped']);
});

test('something else for the options of an operation is an error that says so', (t) => {
  for (const make of [toEffect, toScopedEffect])
    for (const [wrong, message] of [
      [{ catch: 5 }, /Expected `catch` to be a function/],
      [null, /Expected `options` to be an object/],
    ] as const)
      t.throws(() => make(() => sleep(1), wrong as never), { instanceOf: ArgumentError, message });
});

test('where nothing can wake an operation any more its Effect dies of a DeadlockError', async (t) => {
  const exit = await runEffect(toEffect(() => suspend()));
  t.true(Exit.isFailure(exit) && /Nothing can wake/.test(Cause.pretty(exit.cause)));
});

test('operations run in the runtime that is provided innermost, whichever fiber runs the Effect', async (t) => {
  const local = new FiberLocal('none');
  const runtime = new Runtime();
  const value = toEffect(function* () {
    yield* yieldNow();
    return local.get();
  });
  await run(function* () {
    local.set('mine');
    t.is(yield* fromEffect(value), 'mine');
    t.is(yield* fromEffect(provideRuntime(value, runtime)), 'none');
    t.is(
      yield* fromEffect(
        provideRuntime(
          toEffect(() => fromEffect(value)),
          runtime,
        ),
      ),
      'none',
    );
  });
  t.is(runtime.loop.ended, 3);
});

test('operations without a runtime of their own share one, also those begun by hand inside of a fiber', async (t) => {
  t.is(await Effect.runPromise(toEffect(() => until(Promise.resolve(1)))), 1);
  const inside = await run(() => until(Effect.runPromise(toEffect(() => until(Promise.resolve(2))))));
  t.is(inside, 2);
});

test('an operation that cancels a scope of its own interrupts its Effect, and stops nobody else', async (t) => {
  await simulateManyClean(function* () {
    const sibling = yield* spawn(() => sleep(100));
    const stopped = toEffect(() =>
      scope(function* (own) {
        own.cancel();
        yield* sleep(1);
      }),
    );
    try {
      yield* fromEffect(stopped);
      t.fail();
    } catch (error) {
      t.true(error instanceof FiberCancelledError);
    }
    yield* sibling.join();
  });
});
