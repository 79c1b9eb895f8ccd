import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'ava';
import { sleep } from 'heddle';
import { inContext } from 'heddle/async-context';
import { simulateManyClean } from '../support/no-leak.js';
import { claimsOfNamespaces } from './cls-claims.js';

claimsOfNamespaces(test);

test('stores follow beside namespaces', (t) =>
  simulateManyClean(function* () {
    const storage = new AsyncLocalStorage<string>();
    yield* inContext(
      (body) => storage.run('ann', body),
      function* () {
        yield* sleep(1);
        t.is(storage.getStore(), 'ann');
      },
    );
    t.is(storage.getStore(), undefined);
  }));
