import test from 'ava';
import { all, call, FiberLocal, MisuseError, race, scope, sleep, spawn, until, type Operation } from 'heddle';
import { simulateManyClean } from '../support/no-leak.js';

test('a local has its initial value until it is set, in each fiber by itself', (t) =>
  simulateManyClean(function* ({ random }) {
    const id = new FiberLocal(-1);
    function* request(n: number): Operation<void> {
      t.is(id.get(), -1);
      id.set(n);
      for (let i = 0; i < 5; i++) {
        yield* sleep(random.below(3));
        t.is(id.get(), n);
      }
    }
    yield* scope(function* () {
      for (let n = 0; n < 10; n++) yield* spawn(request, n);
    });
    t.is(id.get(), -1);
  }));

test('locals reach all, race, scope and call', (t) =>
  simulateManyClean(function* () {
    const user = new FiberLocal('nobody');
    function* read(): Operation<string> {
      yield* sleep(1);
      return user.get();
    }
    user.set('ann');
    t.deepEqual(yield* all([read(), read()]), ['ann', 'ann']);
    t.is(yield* race([read()]), 'ann');
    t.is(yield* scope(read), 'ann');
    t.is(yield* call(read), 'ann');
  }));

test('a fiber that is started from no fiber has the locals of the one that has the scope open', (t) =>
  simulateManyClean(function* () {
    const user = new FiberLocal('nobody');
    user.set('ann');
    yield* scope(function* (inner) {
      const started = until(Promise.resolve().then(() => inner.spawn(() => scope(read))));
      function* read(): Operation<string> {
        return user.get();
      }
      t.is(yield* (yield* started).join(), 'ann');
    });
  }));

test('with() sets a value for one operation, and puts back what was there, also after an error', (t) =>
  simulateManyClean(function* () {
    const user = new FiberLocal('nobody');
    function* read(): Operation<string> {
      yield* sleep(1);
      return user.get();
    }
    function* fail(): Operation<never> {
      throw new Error('boom');
    }
    t.is(yield* user.with('ann', user.with('bob', read())), 'bob');
    t.is(user.get(), 'nobody');
    user.set('carl');
    t.is(yield* user.with('ann', read()), 'ann');
    try {
      yield* user.with('ann', fail());
    } catch {
      // Expected.
    }
    t.is(user.get(), 'carl');
  }));

test('with() of one local leaves alone what its operation sets in others', (t) =>
  simulateManyClean(function* () {
    const user = new FiberLocal('nobody');
    const trace = new FiberLocal(0);
    yield* user.with(
      'ann',
      (function* () {
        trace.set(1);
      })(),
    );
    t.is(trace.get(), 1);
  }));

test('a local may hold undefined', (t) =>
  simulateManyClean(function* () {
    const local = new FiberLocal<number | undefined>(1);
    local.set(undefined);
    t.is(local.get(), undefined);
  }));

test('outside of fibers there are no locals', (t) => {
  const local = new FiberLocal(1);
  t.throws(() => local.get(), { instanceOf: MisuseError });
  t.throws(() => local.set(1), { instanceOf: MisuseError });
});
