import test from 'ava';
import {
  CancelledError,
  moveOnAfter,
  race,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Operation,
} from 'heddle';
import { sameEvents } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

test('every later suspension in a cancelled scope throws again', (t) =>
  simulateManyClean(function* () {
    let swallowed = 0;
    yield* moveOnAfter(
      5,
      (function* () {
        for (;;) {
          try {
            yield* sleep(10);
          } catch {
            if (++swallowed === 100) return;
          }
        }
      })(),
    );
    t.is(swallowed, 100);
  }));

test('operations that could complete at once throw as well, and do not happen', (t) =>
  simulateManyClean(function* () {
    let spawned = false;
    function* begin(): Operation<void> {
      spawned = true;
    }
    const errors: unknown[] = [];
    const fiber = yield* spawn(function* () {
      for (const operation of [() => suspend(), () => yieldNow(), () => spawn(begin)])
        try {
          yield* operation() as Operation<unknown>;
        } catch (error) {
          errors.push(error);
        }
    });
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(1);
    t.is(errors.length, 3);
    t.true(errors.every((error) => error instanceof CancelledError));
    t.false(spawned);
  }));

test('a loop that swallows its cancellation starves nobody', (t) =>
  simulateManyClean(function* ({ log, events }) {
    let stop = false;
    let turns = 0;
    const stubborn = yield* spawn(function* () {
      while (!stop) {
        try {
          yield* sleep(1000);
        } catch {
          turns++;
        }
      }
      log('stubborn gave up');
    });
    yield* sleep(1);
    stubborn.cancel();
    yield* spawn(function* () {
      for (let i = 0; i < 50; i++) yield* yieldNow();
      log('other had its turns');
      stop = true;
    });
    yield* stubborn.join();
    t.true(turns > 0);
    t.is(sameEvents(events, ['other had its turns', 'stubborn gave up']), null);
  }));

test('the cancellation of an inner scope ends with it', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* moveOnAfter(5, suspend());
    yield* sleep(5);
    yield* race([sleep(1), suspend()]);
    yield* sleep(5);
    log('went on');
    t.is(sameEvents(events, ['went on']), null);
  }));

test('a scope that is opened in a cancelled one is cancelled from the start, and so are its fibers', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      try {
        yield* suspend();
      } catch {
        yield* scope(function* (inner) {
          t.true(inner.isCancelled);
          inner.spawn(function* () {
            log('child began');
            yield* sleep(1);
            log('wrong');
          });
        });
        // By rule 7: its fiber was stopped, but not its body, which had not joined that.
        log('went on');
      }
    });
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(1);
    t.is(sameEvents(events, ['child began', 'went on']), null);
  }));

test('a fiber that swallows its cancellation and returns has succeeded', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      try {
        yield* suspend();
      } catch {
        return 'value';
      }
      return 'never';
    });
    yield* sleep(1);
    fiber.cancel();
    t.is(yield* fiber.join(), 'value');
    t.is(fiber.status, 'succeeded');
  }));

test('who is cancelled twice is told the first reason, also behind a shield', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      try {
        yield* shield(sleep(10));
        yield* suspend();
      } catch (error) {
        return String(error);
      }
      return 'never';
    });
    yield* sleep(1);
    fiber.cancel('the first');
    fiber.cancel('the second');
    t.regex(yield* fiber.join(), /the first/);
  }));

test('cancelling reaches all depths of the tree', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* tree(depth: number): Operation<void> {
      yield* scope(function* (inner) {
        try {
          if (depth > 0) {
            inner.spawn(tree, depth - 1);
            yield* tree(depth - 1);
          }
          yield* suspend();
        } finally {
          log('stopped');
        }
      });
    }
    yield* moveOnAfter(5, tree(4));
    t.is(events.length, 31);
  }));
