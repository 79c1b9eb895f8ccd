import gensync from 'gensync';

const read = gensync({ sync: (name) => `sync ${name}`, async: async (name) => `async ${name}` });
const legacy = gensync({ sync: (x) => x * 2, errback: (x, done) => queueMicrotask(() => (x < 0 ? done(new RangeError('negative')) : done(null, x * 2))) });
const twice = gensync({ name: 'twice', arity: 1, sync: (x) => { if (x < 0) throw new RangeError('negative'); return x * 2; }, async: async (x) => { if (x < 0) throw new RangeError('negative'); return x * 2; } });

const config = gensync(function* (names) {
  const loaded = [];
  for (const name of names) loaded.push(yield* read(name));
  return loaded;
});
const nested = gensync(function* (depth) { return depth === 0 ? yield* config(['bottom']) : yield* nested(depth - 1); });
const careful = gensync(function* (x) {
  try { return yield* twice(x); } catch (error) { return yield* recover(error); } finally { yield* read('finally'); }
});
function* recover(error) { for (const name of ['a', 'b']) if ((yield* read(name)).endsWith('b')) return [error.message, name]; }
const everything = gensync(function* () {
  const list = yield* gensync.all([config(['x']), careful(1), careful(-1), legacy(4)]);
  return [list, yield* gensync.race([read('first'), twice(3)])];
});

export default async function usage(log) {
  for (const [f, ...args] of [[config, ['p', 'q']], [nested, 50], [careful, 21], [careful, -1], [everything]]) {
    log('sync', f.sync(...args));
    log('async', await f.async(...args));
    await new Promise((resolve) => f.errback(...args, (error, value) => { log('errback', error, value); resolve(); }));
  }
  log(twice.name, twice.length, config.name);
  try { twice.sync(-1); } catch (error) { log(error.message); }
  await legacy.async(-1).catch((error) => log(error.message));
  const bad = gensync(function* () { yield* [1]; });
  try { bad.sync(); } catch (error) { log(error.message.slice(0, 60)); }
  await bad.async().catch((error) => log(error.message.slice(0, 60)));
}
