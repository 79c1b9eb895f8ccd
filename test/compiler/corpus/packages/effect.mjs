import { Cause, Effect, Exit, Fiber, Option, Queue, Ref, Schedule, Semaphore, Stream } from 'effect';

class NotFound extends Error { _tag = 'NotFound'; }
const find = (id) => Effect.gen(function* () { if (id > 2) return yield* Effect.fail(new NotFound(`no ${id}`)); yield* Effect.yieldNow; return { id }; });
const sum = Effect.fn('sum')(function* (ids) { let total = 0; for (const id of ids) total += (yield* find(id)).id; return total; });
const fibonacci = (n) => Effect.gen(function* () { if (n < 2) return n; return (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2)); });

export default async function usage(log) {
  log(Effect.runSync(fibonacci(10)), await Effect.runPromise(sum([1, 2, 1])));
  const exit = await Effect.runPromiseExit(sum([1, 3]));
  log(Exit.isFailure(exit), Exit.isFailure(exit) && Cause.pretty(exit.cause).split('\n')[0]);
  log(await Effect.runPromise(sum([3]).pipe(Effect.catchTag('NotFound', (error) => Effect.succeed(error.message)))));
  log(await Effect.runPromise(Effect.gen(function* () {
    const ref = yield* Ref.make(0);
    const fibers = [];
    for (const by of [1, 2, 3]) fibers.push(yield* Effect.forkChild(Effect.gen(function* () { for (let i = 0; i < 10; i++) { yield* Ref.update(ref, (n) => n + by); yield* Effect.yieldNow; } return by; })));
    const results = [];
    for (const fiber of fibers) results.push(yield* Fiber.join(fiber));
    return [results, yield* Ref.get(ref)];
  })));
  log(await Effect.runPromise(Effect.gen(function* () {
    const queue = yield* Queue.bounded(2);
    const producer = yield* Effect.forkChild(Effect.gen(function* () { for (const x of 'abc') yield* Queue.offer(queue, x); }));
    const got = [];
    while (got.length < 3) got.push(yield* Queue.take(queue));
    yield* Fiber.join(producer);
    return got;
  })));
  log(await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const resource = yield* Effect.acquireRelease(Effect.sync(() => (log('acquired'), 'resource')), () => Effect.sync(() => log('released')));
    yield* Effect.addFinalizer((how) => Effect.sync(() => log('finalised', how._tag)));
    return resource;
  }))));
  let attempts = 0;
  log(await Effect.runPromise(Effect.gen(function* () { if (++attempts < 3) yield* Effect.fail('again'); return attempts; }).pipe(Effect.retry(Schedule.recurs(5)))));
  const interrupted = await Effect.runPromise(Effect.gen(function* () { const fiber = yield* Effect.forkChild(Effect.never.pipe(Effect.onInterrupt(() => Effect.sync(() => log('interrupted'))))); yield* Effect.yieldNow; yield* Fiber.interrupt(fiber); return (yield* Fiber.await(fiber))._tag; }));
  log(interrupted);
  log(await Effect.runPromise(Stream.range(1, 6).pipe(Stream.filter((n) => n % 2 === 0), Stream.mapEffect((n) => Effect.gen(function* () { yield* Effect.yieldNow; return n * 10; })), Stream.runCollect)));
  log(Option.gen(function* () { const x = yield* Option.some(1); const y = yield* Option.some(2); return x + y; }), Option.gen(function* () { const seen = []; for (const x of [1, 2]) seen.push(yield* x === 1 ? Option.some(x) : Option.none()); return seen; }));
  log(await Effect.runPromise(Effect.gen(function* () { const semaphore = yield* Semaphore.make(1); let most = 0, now = 0; const work = semaphore.withPermits(1)(Effect.gen(function* () { most = Math.max(most, ++now); yield* Effect.sleep(1); now--; })); yield* Effect.all([work, work, work], { concurrency: 'unbounded' }); return most; })));
}
