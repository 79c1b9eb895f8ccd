import { channel, END, runSaga, stdChannel } from '@redux-saga/core';
import * as effects from '@redux-saga/core/effects';

const { all, call, cancel, cancelled, delay, fork, join, put, race, select, take, takeEvery, takeMaybe, actionChannel } = effects;
/** Effects behind `yield*`, as typed-redux-saga has them. */
function* of(effect) { return yield effect; }

export default async function usage(log) {
  const input = stdChannel();
  let state = { count: 0 };
  const dispatch = (action) => { log('dispatch', action); if (action.type === 'INC') state = { count: state.count + action.by }; input.put(action); return action; };
  const start = (saga, ...args) => runSaga({ channel: input, dispatch, getState: () => state }, saga, ...args).toPromise();

  function* increment(by) { yield* of(put({ type: 'INC', by })); return (yield* of(select())).count; }
  function* sum(...values) { let last; for (const value of values) last = yield* increment(value); return last; }
  log(await start(sum, 1, 2, 3));

  function* fetchAll(ids) { const parts = []; for (const id of ids) parts.push(call(async () => `user ${id}`)); return yield* of(all(parts)); }
  log(await start(fetchAll, [1, 2]));

  function* worker(name) {
    try { for (;;) { const { n } = yield* of(take('WORK')); log(name, n); if (n > 2) return name; } }
    finally { if (yield* of(cancelled())) log(name, 'cancelled'); }
  }
  function* boss() {
    const a = yield* of(fork(worker, 'a'));
    const b = yield* of(fork(worker, 'b'));
    for (const n of [1, 2]) yield* of(put({ type: 'WORK', n }));
    yield* of(cancel(b));
    yield* of(put({ type: 'WORK', n: 3 }));
    return yield* of(join(a));
  }
  log(await start(boss));

  function* racing() { return yield* of(race({ quick: call(fetchAll, ['q']), slow: take('NEVER') })); }
  log(await start(racing));
  function* failing() { try { yield* of(call(() => { throw new Error('refused'); })); } catch (error) { return error.message; } finally { log('cleaned'); } }
  log(await start(failing));

  const requests = channel();
  function* server() { for (let served = 0; ; served++) { const request = yield* of(takeMaybe(requests)); if (request === END) return served; log('served', request); } }
  const served = start(server);
  for (const request of ['r1', 'r2', END]) requests.put(request);
  log(await served);
  function* watch() { const queue = yield* of(actionChannel('JOB')); yield* of(put({ type: 'JOB', id: 1 })); yield* of(put({ type: 'JOB', id: 2 })); const seen = []; while (seen.length < 2) seen.push((yield* of(take(queue))).id); yield* of(delay(1)); return seen; }
  log(await start(watch));
  function* every() { yield* of(takeEvery('PING', function* ({ n }) { for (const x of [n]) yield* of(call(log, 'pong', x)); })); for (const n of [1, 2]) yield* of(put({ type: 'PING', n })); yield* of(cancel()); }
  log(await start(every));
}
