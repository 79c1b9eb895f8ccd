import { createContext, runInContext } from 'node:vm';
import test from 'ava';
import { run, scope, spawn, spawnDaemon, suspend, until, yieldNow } from 'heddle';
import { fetch, listen, type Reply } from 'heddle/http';
import { simulate } from 'heddle/testing';

/** Test runners give each file a realm of its own, while `Buffer`s and the promises of Node come from outside of it. */
const realm = createContext({ setTimeout });
const foreign = <T>(code: string): T => runInContext(code, realm) as T;

test.serial(
  'the rejection of a promise of another realm that a cancelled fiber never gets to wait for ends nothing',
  async (t) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    for (const make of [
      () => Promise.reject(new Error('own')),
      () => foreign<Promise<never>>('Promise.reject(new Error("foreign"))'),
    ])
      await simulate(function* () {
        yield* scope(function* (own) {
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* until(make());
            }
          });
          yield* yieldNow();
          own.cancel();
          yield* suspend();
        });
      }).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    t.deepEqual(unhandled, []);
  },
);

test('bytes of another realm are bytes, and a promise of one that a handler returns is told from a reply', async (t) => {
  const failures: string[] = [];
  const replies: Record<string, Reply> = {
    '/bytes': { body: foreign<Uint8Array>('new Uint8Array([111, 107])') },
    '/promise': foreign<Reply>('Promise.resolve(5)'),
    '/error': foreign<Reply>('new Error("broken")'),
  };
  await run(function* () {
    const onError = (error: unknown): void => void failures.push((error as Error).message);
    const server = yield* listen({ host: '127.0.0.1', onError });
    yield* spawnDaemon(() =>
      server.serve(function* ({ path }) {
        return replies[path]!;
      }),
    );
    t.is(yield* (yield* fetch(`${server.url}/bytes`)).text(), 'ok');
    for (const path of ['/promise', '/error']) t.is((yield* fetch(server.url + path)).status, 500);
    const posted = yield* fetch(`${server.url}/bytes`, {
      method: 'POST',
      body: foreign<Uint8Array>('new Uint8Array(3)'),
    });
    t.is(posted.status, 200);
  });
  t.regex(failures[0]!, /a promise that it has not waited for/);
  t.regex(failures[1]!, /write `throw …`/);
});
