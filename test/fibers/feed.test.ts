import test from 'ava';
import { ClosedError, moveOnAfter, scope, shield, sleep, spawn, type Operation } from 'heddle';
import { Feed, type Push, type Sink } from '#src/fibers/feed.js';
import { simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

/** Wants so many chunks at once as it was told, and keeps what it gets. */
class Tray implements Sink<number> {
  readonly got: number[] = [];
  room: number = 1;
  ended: boolean = false;
  failure: unknown = null;

  push(chunk: number): boolean {
    this.got.push(chunk);
    return this.got.length < this.room;
  }
  end(): void {
    this.ended = true;
  }
  fail(error: unknown): boolean {
    this.failure = error;
    return true;
  }
}

/** A feed of `producer` to `tray` in a scope of its own, which `use` has. */
function feeding(
  tray: Tray,
  producer: (push: Push<number>) => Operation<void>,
  use: (feed: Feed<number>) => Operation<void>,
): Operation<void> {
  return scope(function* (inner) {
    yield* use(new Feed<number>(inner, producer, tray));
  });
}

test('chunks go to the consumer in order, as many as it wants, and the end after the last', (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    yield* feeding(
      tray,
      function* (push) {
        for (let chunk = 1; chunk <= 4; chunk++) yield* push(chunk);
      },
      function* (feed) {
        yield* sleep(1);
        t.deepEqual(tray.got, []);
        tray.room = 3;
        feed.demand();
        yield* sleep(1);
        t.deepEqual(tray.got, [1, 2, 3]);
        t.false(tray.ended);
        feed.demand();
        yield* sleep(1);
      },
    );
    t.deepEqual(tray.got, [1, 2, 3, 4]);
    t.true(tray.ended);
  }));

test('a push that was cancelled has handed over nothing', (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    yield* feeding(
      tray,
      function* (push) {
        t.is(yield* moveOnAfter(5, push(1)), undefined);
        yield* push(2);
      },
      function* (feed) {
        yield* sleep(10);
        feed.demand();
        yield* sleep(1);
      },
    );
    t.deepEqual(tray.got, [2]);
  }));

test('a producer that returns after its consumer has gone does not end what is over', (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    yield* feeding(
      tray,
      function* () {
        yield* shield(sleep(10));
      },
      function* (feed) {
        yield* sleep(1);
        feed.stop();
        feed.stop();
      },
    );
    t.false(tray.ended);
  }));

test("what a producer throws after its consumer has gone is its scope's failure, since nobody else can learn of it", (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    const thrown = yield* thrownBy(
      feeding(
        tray,
        function* () {
          yield* shield(sleep(10));
          throw new RangeError('late');
        },
        function* (feed) {
          yield* sleep(1);
          feed.stop();
        },
      ),
    );
    t.true(thrown instanceof RangeError);
    t.is(tray.failure, null);
  }));

test('what a producer throws before is for the consumer to see', (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    yield* scope(function* (inner) {
      const producer = function* (): Operation<void> {
        throw new RangeError('mine');
      };
      new Feed<number>(inner, producer, tray);
    });
    t.true(tray.failure instanceof RangeError);
    t.false(tray.ended);
  }));

test('who pushes from elsewhere once the producer has returned is told', (t) =>
  simulateManyClean(function* () {
    const tray = new Tray();
    let handed: Push<number> | null = null;
    const errors: unknown[] = [];
    function* pushLater(): Operation<void> {
      errors.push(yield* thrownBy(handed!(1)));
    }
    yield* scope(function* (inner) {
      new Feed<number>(
        inner,
        function* (push) {
          handed = push;
          yield* sleep(5);
        },
        tray,
      );
      yield* sleep(1);
      yield* spawn(pushLater);
      yield* sleep(10);
      t.is(errors.length, 1, 'it waited until the end');
      yield* spawn(pushLater);
    });
    t.is(errors.length, 2);
    t.true(errors.every((error) => error instanceof ClosedError));
    t.deepEqual(tray.got, []);
  }));
