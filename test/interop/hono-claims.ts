import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { TestFn } from 'ava';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Runtime, sleep, suspend, until, type Operation } from 'heddle';
import { honoFibers, HttpError, type HonoFibers } from 'heddle/hono';
import { pipe, writer } from 'heddle/streams';

interface Bindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}
type App = Hono<{ Bindings: Bindings }>;
type Serve = (options: { fetch: App['fetch']; port: number; hostname: string }) => unknown;

interface Told {
  /** Messages of what the application's `onError` was given. */
  readonly failures: string[];
  /** What was written to the log. */
  readonly said: string[];
}

/** Through `fibers.handler` TypeScript infers no bindings. */
function outgoingOf({ env }: { readonly env: unknown }): ServerResponse {
  return (env as Bindings).outgoing;
}

/** What holds with each version of `@hono/node-server`, whose `serve` and `RESPONSE_ALREADY_SENT` these are. */
export function claimsOfHono(test: TestFn, serve: Serve, alreadySent: Response): void {
  /** What Hono's server and its application are told while `body` runs. */
  async function onHono(
    open: (app: App, fibers: HonoFibers) => void,
    body: (url: string) => Promise<void>,
  ): Promise<Told> {
    const fibers = honoFibers({ runtime: new Runtime() });
    const app: App = new Hono();
    const told: Told = { failures: [], said: [] };
    app.onError((error, context) => {
      told.failures.push(error.message);
      return error instanceof HTTPException ? error.getResponse() : context.text('it failed', 500);
    });
    open(app, fibers);
    const server = fibers.attach(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
    await once(server, 'listening');
    const { error } = console;
    console.error = (what: Error) => void told.said.push(what.message);
    try {
      await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await fibers.close();
      await turn();
    } finally {
      console.error = error;
    }
    return told;
  }

  test.serial('app.request works without a connection', async (t) => {
    await using fibers = honoFibers();
    const app = new Hono();
    app.get(
      '/:name',
      fibers.handler(function* (context) {
        yield* sleep(1);
        return context.text(`hello ${context.req.param('name')}`);
      }),
    );
    t.is(await (await app.request('/warp')).text(), 'hello warp');
  });

  test.serial('a handler may write the response itself, as fast as its client reads', async (t) => {
    const told = await onHono(
      (app, fibers) => {
        // As `secureHeaders` of Hono: it replaces what the handler has returned.
        app.use('/middleware', async (context, next) => {
          await next();
          context.res.headers.set('x-own', '1');
          context.res = new Response(context.res.body, context.res);
        });
        app.get(
          '*',
          fibers.handler(function* (context) {
            const outgoing = outgoingOf(context);
            yield* pipe(Readable.from(['straight', '-', 'line']), outgoing);
            return alreadySent;
          }),
        );
      },
      async (url) => {
        for (const path of ['/', '/middleware']) t.is(await (await fetch(url + path)).text(), 'straight-line', path);
      },
    );
    t.deepEqual(told, { failures: [], said: [] });
  });

  test.serial('a fiber may stand around the one that writes the response itself', async (t) => {
    const told = await onHono(
      (app, fibers) => {
        app.use(
          fibers.handler(function* (context, next) {
            yield* until(next());
            return context.res;
          }),
        );
        app.get(
          '/',
          fibers.handler(function* (context) {
            outgoingOf(context).end('written');
            return alreadySent;
          }),
        );
      },
      async (url) => void t.is(await (await fetch(url)).text(), 'written'),
    );
    t.deepEqual(told, { failures: [], said: [] });
  });

  test.serial('what begins to write the response may leave the rest to others', async (t) => {
    const told = await onHono(
      (app, fibers) =>
        app.get(
          '/',
          fibers.handler(function* (context) {
            const outgoing = outgoingOf(context);
            outgoing.write('begun');
            setTimeout(() => outgoing.end(', ended'), 5);
            return alreadySent;
          }),
        ),
      async (url) => void t.is(await (await fetch(url)).text(), 'begun, ended'),
    );
    t.deepEqual(told, { failures: [], said: [] });
  });

  test.serial(
    'what fails after it has begun to write the response itself is cut off, and only the failure told',
    async (t) => {
      const told = await onHono(
        (app, fibers) => {
          app.get(
            '*',
            fibers.handler(function* (context) {
              const outgoing = outgoingOf(context);
              outgoing.write('begun');
              if (context.req.path === '/later') yield* sleep(5);
              throw new Error('midway');
            }),
          );
        },
        async (url) => {
          for (const path of ['/', '/later']) await t.throwsAsync(async () => (await fetch(url + path)).text());
        },
      );
      t.deepEqual(told, { failures: ['midway', 'midway'], said: [] });
    },
  );

  test.serial('what fails after it has written the response is told, and the whole response arrives', async (t) => {
    const told = await onHono(
      (app, fibers) =>
        app.get(
          '/',
          fibers.handler(function* (context) {
            const outgoing = outgoingOf(context);
            const out = writer(outgoing);
            yield* out.write('x'.repeat(5_000_000));
            outgoing.end('y');
            throw new Error('late');
          }),
        ),
      async (url) => void t.is((await (await fetch(url)).text()).length, 5_000_001),
    );
    t.deepEqual(told, { failures: ['late'], said: [] });
  });

  test.serial('a response beside the one that the handler has begun is an error that names the fix', async (t) => {
    const { failures, said } = await onHono(
      (app, fibers) =>
        app.get(
          '*',
          fibers.handler(function* (context) {
            const outgoing = outgoingOf(context);
            outgoing.write('mine');
            if (context.req.path === '/ended') outgoing.end();
            return context.req.path === '/ended' ? (undefined as unknown as Response) : context.text('another');
          }),
        ),
      async (url) => {
        t.is(await (await fetch(`${url}/ended`)).text(), 'mine');
        await t.throwsAsync(async () => (await fetch(`${url}/another`)).text());
      },
    );
    t.is(failures.length, 2);
    for (const failure of failures) t.regex(failure, /`return RESPONSE_ALREADY_SENT`/);
    t.deepEqual(said, []);
  });

  for (const begun of [false, true])
    test.serial(
      `a client that leaves ${begun ? 'while' : 'before'} the response is written is nobody’s failure`,
      async (t) => {
        let seen: 'nothing' | 'it' | 'its end' = 'nothing';
        const statuses: number[] = [];
        const told = await onHono(
          (app, fibers) => {
            app.use(async (context, next) => {
              await next();
              statuses.push(context.res.status);
            });
            app.get(
              '/',
              fibers.handler(function* (context) {
                const outgoing = outgoingOf(context);
                if (begun) outgoing.write('begun');
                seen = 'it';
                try {
                  return yield* suspend();
                } finally {
                  seen = 'its end';
                }
              }),
            );
          },
          async (url) => {
            const leaving = new AbortController();
            const answer = fetch(url, { signal: leaving.signal }).catch(() => {});
            if (begun) await answer;
            while (seen === 'nothing') await turn();
            leaving.abort();
            while (seen === 'it') await turn();
          },
        );
        t.deepEqual(told, { failures: [], said: [] });
        t.deepEqual(statuses, [499]);
      },
    );

  test.serial('what is thrown and is no Error, or has the status of no error, is told to `onError`', async (t) => {
    const thrown: readonly unknown[] = [null, 'a text', new HttpError(204, 'empty'), new HttpError(700, 'odd')];
    const { failures, said } = await onHono(
      (app, fibers) =>
        app.get(
          '/:which',
          fibers.handler(function* (context) {
            throw thrown[Number(context.req.param('which'))];
          }),
        ),
      async (url) => {
        for (const which of thrown.keys()) t.is((await fetch(`${url}/${which}`)).status, 500);
      },
    );
    t.deepEqual(failures, ['The handler threw `null`', 'The handler threw `a text` (string)', 'empty', 'odd']);
    t.deepEqual(said, []);
  });

  test.serial('what is no response is an error that names the fix', async (t) => {
    await using fibers = honoFibers();
    const app = new Hono();
    const answers: Record<string, unknown> = {
      data: { a: 1 },
      map: new Map(),
      text: 'well',
      plain: new Response('plain'),
      nothing: undefined,
    };
    app.get(
      '/:what',
      fibers.handler(function* (context) {
        return answers[context.req.param('what')!] as Response;
      }),
    );
    app.onError((error) => new Response(error.message, { status: 500 }));
    for (const what of ['data', 'map', 'text']) {
      const response = await app.request(`/${what}`);
      t.is(response.status, 500, what);
      t.regex(await response.text(), /has to return a Response: write `return context\.json\(…\)`/);
    }
    t.is(await (await app.request('/plain')).text(), 'plain');
    t.is((await app.request('/nothing')).status, 404);
  });

  test.serial(
    'middleware may be a fiber: it lets requests on, refuses them, and catches nothing of what they throw',
    async (t) => {
      const log: unknown[] = [];
      const told = await onHono(
        (app, fibers) => {
          app.use(
            '/:name/*',
            fibers.handler(function* (context, next) {
              yield* sleep(1);
              if (context.req.param('name') === 'eve') return context.text('not you', 403);
              yield* until(next());
              context.header('x-after', String(context.res.status));
              return undefined;
            }),
          );
          app.get('/:name/plain', async ({ req, text }) => text(`hello ${req.param('name')}`));
          app.get(
            '/:name/fiber',
            fibers.handler(function* (context) {
              yield* sleep(1);
              return context.text(`hello ${context.req.param('name')}`);
            }),
          );
          app.get(
            '/:name/broken',
            fibers.handler(function* () {
              yield* sleep(1);
              throw new Error('broken');
            }),
          );
        },
        async (url) => {
          for (const path of ['ann/plain', 'ann/fiber', 'eve/fiber', 'ann/broken', 'ann/nothing']) {
            const answer = await fetch(`${url}/${path}`);
            log.push([answer.status, await answer.text(), answer.headers.get('x-after')]);
          }
        },
      );
      t.deepEqual(log, [
        [200, 'hello ann', '200'],
        [200, 'hello ann', '200'],
        [403, 'not you', null],
        [500, 'it failed', '500'],
        [404, '404 Not Found', '404'],
      ]);
      t.deepEqual(told, { failures: ['broken'], said: [] });
    },
  );

  test.serial('a handler behind middleware that returns nothing is told so by Hono', async (t) => {
    const { failures } = await onHono(
      (app, fibers) => {
        app.use((context, next) =>
          fibers.run(context, function* () {
            if (context.req.path === '/not') return context.text('not you', 403);
            return yield* until(next());
          }),
        );
        app.get('/', fibers.handler(function* () {} as () => Operation<Response>));
      },
      async (url) => {
        t.is((await fetch(`${url}/not`)).status, 403);
        t.is((await fetch(url)).status, 500);
      },
    );
    t.is(failures.length, 1);
    t.regex(failures[0]!, /forget to return a Response/);
  });

  test.serial('a handler that has begun goes on in a fiber', async (t) => {
    const log: unknown[] = [];
    await onHono(
      (app, fibers) => {
        app.get('/:name', (context) =>
          fibers.run(context, function* () {
            yield* sleep(1);
            if (context.req.param('name') === 'bad') throw new HttpError(418, 'short and stout');
            return context.text(`hello ${context.req.param('name')}`);
          }),
        );
      },
      async (url) => {
        log.push(await (await fetch(`${url}/warp`)).text(), (await fetch(`${url}/bad`)).status);
      },
    );
    t.deepEqual(log, ['hello warp', 418]);
  });
}
