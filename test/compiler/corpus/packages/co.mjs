import co from 'co';

const later = (value, turns = 1) => { let promise = Promise.resolve(value); while (turns-- > 0) promise = promise.then((v) => v); return promise; };
function* ask(value) { return yield later(value); }
function* both(a, b) { return [yield* ask(a), yield* ask(b)]; }
function* retry(times, log) {
  for (let attempt = 1; ; attempt++)
    try { return yield* flaky(attempt); } catch (error) { log('attempt', attempt, error.message); if (attempt === times) throw error; }
}
function* flaky(attempt) { const n = yield* ask(attempt); if (n < 3) throw new Error(`too early: ${n}`); return n; }

export default async function usage(log) {
  log(await co(both, 1, 2));
  log(await co(function* () { return yield { list: [later(1), later(2)], generator: both('x', 'y'), thunk: (done) => done(null, 'thunk') }; }));
  log(await co(retry, 5, log));
  await co(retry, 2, log).catch((error) => log('failed', error.message));
  const sum = co.wrap(function* (...values) { let total = 0; for (const value of values) total += yield* ask(value); return total; });
  log(await sum(1, 2, 3));
  log(await co(function* () { const all = yield [both(1, 2), both(3, 4), sum(5, 6)]; for (const one of all) log(one); return yield* both(...all.flat()); }));
  await co(function* () { yield 'nothing to wait for'; }).catch((error) => log(error.name, error.message.slice(0, 40)));
  await co(function* () { try { yield* flaky(0); } finally { log('finally', yield* ask('cleaned')); } }).catch((error) => log(error.message));
  const deep = function* (n) { return n === 0 ? yield* ask('bottom') : yield* deep(n - 1); };
  log(await co(deep, 100));
}
