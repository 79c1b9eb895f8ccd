import { createRequire } from 'node:module';
import { serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import test from 'ava';
import { Hono } from 'hono';
import { Runtime, sleep } from 'heddle';
import { honoFibers, HttpError } from 'heddle/hono';
import { claimsOfHono } from './hono-claims.js';

claimsOfHono(test, serve, RESPONSE_ALREADY_SENT);

test('an application may be of another copy of Hono, as one in CommonJS always is', async (t) => {
  const other = createRequire(import.meta.url)('hono') as typeof import('hono');
  t.not(other.Hono, Hono);
  const runtime = new Runtime();
  await using fibers = honoFibers({ runtime });
  const app = new other.Hono();
  app.get(
    '/users/:id',
    fibers.handler(function* (context) {
      yield* sleep(1);
      if (context.req.param('id') === '10') throw new HttpError(404, 'no such user');
      return context.text('Ada');
    }),
  );
  app.notFound((context) =>
    fibers.run(context, function* () {
      yield* sleep(1);
      return context.text('no such page', 404);
    }),
  );
  t.is(await (await app.request('/users/1')).text(), 'Ada');
  const missing = await app.request('/users/10');
  t.deepEqual([missing.status, await missing.text()], [404, 'no such user']);
  t.is(await (await app.request('/other')).text(), 'no such page');
  const kinds = new Set(runtime.snapshotNow().nodes.map(({ chain }) => chain[0]));
  t.deepEqual([...kinds].sort(), ['GET ', 'GET /users/:id']);
});
