import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js';
import * as T from 'fp-ts/lib/Task.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  all,
  ArgumentError,
  CancelledError,
  event,
  FiberLocal,
  moveOnAfter,
  now,
  Runtime,
  scope,
  sleep,
  spawn,
  suspend,
  until,
  type Operation,
} from 'heddle';
import {
  attempt,
  fromEither,
  fromOption,
  fromReaderTaskEither,
  fromTask,
  fromTaskEither,
  NoneError,
  toOption,
  toReaderTaskEither,
  toTask,
  toTaskEither,
} from 'heddle/fp-ts';
import { VirtualClock } from 'heddle/testing';
import { leftovers, simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

class NotFound extends Error {
  readonly id: number = 7;
}
class Forbidden extends Error {}

function* failing(error: unknown): Operation<never> {
  yield* sleep(1);
  throw error;
}

test('an Either and an Option are unwrapped in straight-line code', async (t) => {
  const sum = await simulateClean(function* () {
    return (yield* fromEither(E.right(1))) + (yield* fromOption(O.some(2)));
  });
  t.is(sum, 3);
});

test('a left is thrown as it is', async (t) => {
  const error = new NotFound();
  await simulateClean(function* () {
    t.is(yield* thrownBy(fromEither(E.left(error))), error);
    t.is(yield* thrownBy(fromEither(E.left('text'))), 'text');
    t.true((yield* thrownBy(fromOption(O.none))) instanceof NoneError);
    t.is(yield* thrownBy(fromOption(O.none, () => error)), error);
  });
});

test('attempt gives a right, or a left of the classes that are named, typed', async (t) => {
  await simulateClean(function* () {
    t.deepEqual(yield* attempt(sleep(1)), E.right(undefined));
    const either: E.Either<NotFound | Forbidden, never> = yield* attempt(failing(new NotFound()), NotFound, Forbidden);
    t.is(
      pipe(
        either,
        E.match(
          (error) => (error instanceof NotFound ? error.id : 0),
          () => 1,
        ),
      ),
      7,
    );
    const any: E.Either<Error, never> = yield* attempt(failing(new Forbidden()));
    t.true(E.isLeft(any) && any.left instanceof Forbidden);
  });
});

test('attempt throws on what it was not told to expect', async (t) => {
  const defect = new RangeError('broken');
  await simulateClean(function* () {
    t.is(yield* thrownBy(attempt(failing(defect), NotFound)), defect);
    t.is(yield* thrownBy(attempt(failing('text'))), 'text');
  });
});

test('attempt makes the left by a function, which may throw the error on', async (t) => {
  const defect = new RangeError('broken');
  const onThrow = (error: unknown): { kind: 'missing'; id: number } => {
    if (error instanceof NotFound) return { kind: 'missing', id: error.id };
    throw error;
  };
  await simulateClean(function* () {
    t.deepEqual(yield* attempt(failing(new NotFound()), onThrow), E.left({ kind: 'missing', id: 7 } as const));
    t.is(yield* thrownBy(attempt(failing(defect), onThrow)), defect);
  });
});

test('several failures of one scope are the first of them, if each is one that is named', async (t) => {
  const first = new NotFound();
  await simulateClean(function* () {
    const together = (...errors: readonly unknown[]): Operation<unknown> => all(errors.map(failing));
    const both = yield* attempt(together(first, new Forbidden()), NotFound, Forbidden);
    t.deepEqual(both, E.left(first));
    const nested = yield* attempt(all([together(first, new NotFound()), failing(new NotFound())]), NotFound);
    t.true(E.isLeft(nested) && nested.left instanceof NotFound);
    const mixed = yield* thrownBy(attempt(together(first, new Forbidden()), NotFound));
    t.true(mixed instanceof AggregateError && mixed.errors[0] === first);
    const any = yield* attempt(together(first, new Forbidden()));
    t.true(E.isLeft(any) && any.left instanceof AggregateError);
  });
});

test('attempt never catches a cancellation', async (t) => {
  await simulateManyClean(function* (world) {
    const value = yield* moveOnAfter(
      10,
      (function* () {
        yield* attempt(suspend(), (error) => {
          world.log('caught');
          return error;
        });
        world.log('went on');
      })(),
    );
    t.is(value, undefined);
    t.deepEqual(world.events.splice(0), []);
  });
});

test('an operation that gives nothing is none', async (t) => {
  await simulateClean(function* () {
    t.deepEqual(yield* toOption(moveOnAfter(10, sleep(100))), O.none);
    t.deepEqual(yield* toOption(fromEither(E.right(0))), O.some(0));
    t.deepEqual(yield* toOption(fromEither(E.right(null))), O.none);
  });
});

test('tasks are run and waited for, and their lefts thrown', async (t) => {
  const error = new NotFound();
  const reader: RTE.ReaderTaskEither<{ base: number }, NotFound, number> = ({ base }) => TE.right(base + 1);
  await simulateClean(function* () {
    t.is(yield* fromTask(T.of(1)), 1);
    t.is(yield* fromTaskEither(TE.right(2)), 2);
    t.is(yield* thrownBy(fromTaskEither(TE.left(error))), error);
    t.is(yield* fromReaderTaskEither(reader, { base: 2 }), 3);
    t.is(yield* thrownBy(fromTask(() => Promise.reject(error))), error);
  });
});

test('an operation of a task begins it each time it is run, and in a cancelled fiber never', async (t) => {
  let begun = 0;
  const task = async (): Promise<number> => ++begun;
  await simulateClean(function* () {
    t.is(begun, 0);
    yield* moveOnAfter(
      10,
      (function* () {
        yield* thrownBy(sleep(100));
        yield* fromTask(task);
      })(),
    );
    t.is(begun, 0);
    yield* fromTask(task);
    yield* fromTask(task);
    t.is(begun, 2);
  });
});

test('a name of a task is that of its blocking point', async (t) => {
  const subjects = await simulateClean(function* (world) {
    yield* spawn(() =>
      fromTask(
        toTask(() => sleep(10)),
        'load',
      ),
    );
    yield* sleep(5);
    return world.runtime.snapshotNow().nodes.map(({ subject }) => subject);
  });
  t.true(subjects.includes('load'));
});

test('tasks of operations run as often as they are called', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  let attempts = 0;
  const flaky = toTaskEither(
    function* () {
      yield* sleep(1);
      if (++attempts < 3) throw new NotFound();
      return attempts;
    },
    (error) => error as NotFound,
    { runtime },
  );
  t.deepEqual(
    await pipe(
      flaky,
      TE.orElse(() => flaky),
      TE.orElse(() => flaky),
    )(),
    E.right(3),
  );
  attempts = 0;
  t.true(E.isLeft(await flaky()));
  const read = toReaderTaskEither(
    function* (base: number) {
      yield* sleep(1);
      return base + 1;
    },
    String,
    { runtime },
  );
  t.deepEqual(await read(41)(), E.right(42));
  t.is(await toTask(() => fromEither(E.right(1)))(), 1);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(leftovers(runtime), { live: 0, scopes: 0, ready: 0, timers: 0 });
});

test('what an operation throws and `onThrow` does not take rejects the promise', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const defect = new RangeError('broken');
  const onThrow = (error: unknown): never => {
    throw error;
  };
  t.is(await t.throwsAsync(toTaskEither(() => failing(defect), onThrow, { runtime })()), defect);
  t.is(await t.throwsAsync(toTask(() => failing(defect), { runtime })()), defect);
});

test('a task that a fiber calls belongs to its scope, and has its fiber-locals', async (t) => {
  const user = new FiberLocal('nobody');
  await simulateManyClean(function* (world) {
    user.set('me');
    t.is(
      yield* fromTask(
        toTask(function* () {
          yield* sleep(1);
          return user.get();
        }),
      ),
      'me',
    );
    const began = now();
    yield* moveOnAfter(
      10,
      scope(() =>
        fromTask(
          toTask(function* () {
            try {
              yield* suspend();
            } catch (error) {
              world.log(error instanceof CancelledError ? 'cancelled' : 'other');
              throw error;
            }
          }),
        ),
      ),
    );
    t.is(now() - began, 10);
    t.deepEqual(world.events.splice(0), ['cancelled']);
  });
});

test('what a fiber waits for as composed tasks is of its scope from the first to the last', async (t) => {
  const user = new FiberLocal('nobody');
  await simulateManyClean(function* (world) {
    user.set('me');
    const read = toTaskEither(function* () {
      yield* sleep(5);
      return user.get();
    }, String);
    const both = pipe(
      read,
      TE.chain((first) =>
        pipe(
          read,
          TE.map((second) => [first, second]),
        ),
      ),
    );
    t.deepEqual(yield* fromTaskEither(both), ['me', 'me']);
    const work = toTask(function* () {
      try {
        yield* suspend();
      } catch (error) {
        world.log(error instanceof CancelledError ? 'cancelled' : 'other');
        throw error;
      }
    });
    const began = now();
    const mapped = pipe(
      work,
      T.map(() => world.log('went on')),
    );
    yield* moveOnAfter(10, fromTask(mapped));
    t.is(now() - began, 10);
    t.deepEqual(world.events.splice(0), ['cancelled']);
  });
});

test('an operation in a task that one fiber waits for does not draw the tasks of others into its scope', async (t) => {
  const user = new FiberLocal('nobody');
  const runtime = new Runtime();
  await runtime.run(function* () {
    const latch = event();
    const open = toTask(function* () {
      latch.set();
    });
    const read = toTask(
      function* () {
        return user.get();
      },
      { runtime },
    );
    const ann = yield* spawn(function* () {
      user.set('ann');
      yield* fromTask(
        pipe(
          T.of(1),
          T.chain(() => open),
        ),
      );
    });
    yield* latch.wait();
    // Plain code of another fiber, in a turn of the run loop that a task of the first has brought about.
    t.is(yield* until(Promise.resolve().then(read)), 'nobody');
    yield* ann.join();
  });
});

test('the failure of a task is for whoever waits for it, and harms no sibling', async (t) => {
  await simulateManyClean(function* () {
    const sibling = yield* spawn(() => sleep(100));
    const error = new NotFound();
    t.is(yield* thrownBy(fromTask(toTask(() => failing(error)))), error);
    yield* sibling.join();
  });
});

test('an operation that cancels a scope of its own rejects its task, and stops nobody else', async (t) => {
  await simulateManyClean(function* () {
    const sibling = yield* spawn(() => sleep(100));
    const stopped = toTask(() =>
      scope(function* (own) {
        own.cancel();
        yield* sleep(1);
      }),
    );
    t.true((yield* thrownBy(fromTask(stopped))) instanceof CancelledError);
    yield* sibling.join();
  });
});

test('wrong arguments are named', async (t) => {
  t.throws(() => fromTask(1 as never), { instanceOf: ArgumentError, message: /`task`/ });
  t.throws(() => toTask(1 as never), { instanceOf: ArgumentError, message: /`make`/ });
  t.throws(() => toTaskEither(() => sleep(1), 1 as never), { instanceOf: ArgumentError, message: /`onThrow`/ });
  t.true((await simulateClean(() => thrownBy(attempt(sleep(1), 1 as never)))) instanceof ArgumentError);
});
