import { action, all, call, createChannel, createContext, createQueue, createSignal, each, ensure, race, resource, run, scoped, sleep, spawn, suspend, useScope, withResolvers } from 'effection';

function* connect(log, name) { return yield* resource(function* (provide) { log('open', name); try { yield* provide({ name }); } finally { yield* sleep(1); log('close', name); } }); }
function* worker(log, name, ms) { try { for (let i = 0; i < 3; i++) { yield* sleep(ms); log(name, i); } return name; } finally { log(name, 'ends'); } }
function* fibonacci(n) { if (n < 2) { yield* call(() => Promise.resolve()); return n; } return (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2)); }

export default async function usage(log) {
  log(await run(() => fibonacci(8)));
  await run(function* () {
    const a = yield* connect(log, 'a');
    const b = yield* connect(log, 'b');
    log(a, b, yield* all([worker(log, 'first', 1), worker(() => {}, 'second', 2)]));
    log(yield* race([worker(log, 'quick', 1), suspend()]));
    const task = yield* spawn(() => worker(log, 'halted', 1000));
    yield* sleep(1);
    yield* task.halt();
    try { yield* task; } catch (error) { log(error.message); }
  });
  await run(function* () {
    const channel = createChannel();
    const ready = withResolvers();
    const reader = yield* spawn(function* () {
      const seen = [];
      const subscription = yield* channel;
      ready.resolve();
      for (;;) { const next = yield* subscription.next(); if (next.done) return [seen, next.value]; seen.push(next.value); }
    });
    yield* ready.operation;
    for (const x of [1, 2, 3]) yield* channel.send(x);
    yield* channel.close('closed');
    log(yield* reader);
    const signal = createSignal();
    const both = withResolvers();
    const looping = yield* spawn(function* () { const seen = []; for (const x of yield* each(signal)) { seen.push(x); if (seen.length === 2) both.resolve(); yield* sleep(0); yield* each.next(); } return seen; });
    yield* sleep(1);
    for (const x of 'ab') signal.send(x);
    yield* both.operation;
    signal.close();
    log(yield* looping);
    const queue = createQueue();
    queue.add(1); queue.close('end');
    log(yield* queue.next(), yield* queue.next());
    const context = createContext('name', 'default');
    log(yield* context.expect(), yield* context.with('inner', function* () { return yield* context.expect(); }), yield* context.get());
    log(yield* action((resolve) => { const immediate = setImmediate(() => resolve('acted')); return () => { clearImmediate(immediate); log('undone'); }; }));
    yield* scoped(function* () { yield* ensure(() => { log('ensured'); }); log(typeof (yield* useScope()).run); });
  });
  await run(function* () { yield* spawn(function* () { yield* sleep(1); throw new Error('child failed'); }); yield* suspend(); }).catch((error) => log(error.message));
  const outside = run(function* () { try { yield* suspend(); } finally { log('halted from outside'); } });
  await outside.halt();
}
