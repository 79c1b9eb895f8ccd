import { mock } from 'node:test';
import test from 'ava';
import { all, channel, Runtime, sleep, yieldNow } from 'heddle';

test.serial('under fake timers fibers go on that wait for no time', async (t) => {
  mock.timers.enable();
  t.teardown(() => mock.timers.reset());
  const result = new Runtime().run(function* () {
    const numbers = channel<number>(0);
    yield* yieldNow();
    const [, received] = yield* all([numbers.send(7), numbers.receive()]);
    return received;
  });
  t.is(await result, 7);
});

for (const apis of [['setTimeout'], ['setImmediate'], ['setTimeout', 'setImmediate', 'Date']] as const)
  test.serial(
    `a runtime outlives a fake ${apis.join()}, and so do the sleeps that began before or under it`,
    async (t) => {
      const runtime = new Runtime();
      const before = runtime.run(() => sleep(20));
      mock.timers.enable({ apis: [...apis] });
      t.teardown(() => mock.timers.reset());
      const under = runtime.run(() => sleep(5));
      for (let turns = 0; turns < 3; turns++) await runtime.run(() => yieldNow());
      mock.timers.reset();
      const after = runtime.run(() => sleep(10));
      await t.notThrowsAsync(Promise.all([before, under, after]));
    },
  );
