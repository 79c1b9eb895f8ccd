import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import test from 'ava';
import 'heddle';
import 'heddle/dns';
import 'heddle/fs';
import 'heddle/http';
import 'heddle/lowlevel';
import 'heddle/net';
import 'heddle/process';
import 'heddle/streams';
import 'heddle/udp';
import { run, spawn, yieldNow } from 'heddle';
import type { Fiber } from 'heddle/lowlevel';
import { asyncContext } from '#src/fibers/async-context.js';

test.serial('no other door follows anything', (t) => {
  t.is(asyncContext.capture, null);
  t.is(AsyncLocalStorage.prototype.enterWith.length, 1);
});

test.serial('without the doors a fiber has nothing but itself', (t) =>
  run(function* () {
    const fiber = (yield* spawn(function* () {
      yield* yieldNow();
    })) as Fiber;
    t.is(fiber.extras, null);
    yield* yieldNow();
    t.is(fiber.extras, null);
  }),
);

test.serial('fibers that live when a door is imported go on without a context', (t) =>
  run(function* () {
    const before = (yield* spawn(function* () {
      for (let i = 0; i < 100; i++) yield* yieldNow();
      return 'done';
    })) as Fiber<string>;
    yield* yieldNow();
    asyncContext.capture = () => ({
      run: (loop, fiber) => loop.step(fiber, loop.credit),
      call: (f) => f(),
      end() {},
    });
    const after = (yield* spawn(function* () {
      yield* yieldNow();
      return 'too';
    })) as Fiber<string>;
    t.is(before.context, null);
    t.not(after.context, null);
    t.deepEqual([yield* before.join(), yield* after.join()], ['done', 'too']);
    asyncContext.capture = null;
  }),
);

test.serial('a fiber may be the one that imports a door, and enter a context at once', (t) =>
  run(function* () {
    const storage = new AsyncLocalStorage<string>();
    const { inContext } = createRequire(import.meta.url)(
      'heddle/async-context',
    ) as typeof import('heddle/async-context');
    for (const name of ['ann', 'bob']) {
      yield* inContext(
        (body) => storage.run(name, body),
        function* () {
          yield* yieldNow();
          t.is(storage.getStore(), name);
        },
      );
    }
  }),
);
