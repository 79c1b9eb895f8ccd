import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import test from 'ava';
import { pino } from 'pino';
import { all, run, scope, sleep, spawn, until, type Operation } from 'heddle';
import { inContext } from 'heddle/async-context';
import { fetch, json, listen } from 'heddle/http';
import { simulateManyClean } from '../support/no-leak.js';

const SPAN = createContextKey('span');

test.before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

test.after.always(() => context.disable());

test("OpenTelemetry's active context follows fibers, and with() has its counterpart", (t) =>
  simulateManyClean(function* ({ random }) {
    const span = (): unknown => context.active().getValue(SPAN);
    function* child(): Operation<unknown> {
      yield* sleep(random.below(3));
      return span();
    }
    function* traced(name: string): Operation<void> {
      t.is(span(), undefined);
      yield* inContext(
        (body) => context.with(context.active().setValue(SPAN, name), body),
        function* () {
          t.deepEqual(yield* all([child(), child()]), [name, name]);
          const fiber = yield* spawn(child);
          t.is(yield* fiber.join(), name);
          t.is(yield* until(Promise.resolve().then(span)), name);
          t.is(context.bind(context.active(), span)(), name);
        },
      );
      t.is(context.active(), ROOT_CONTEXT);
    }
    yield* scope(function* () {
      for (const name of ['a', 'b', 'c']) yield* spawn(traced, name);
    });
  }));

test('a logger that reads a store says in every line which request it belongs to', (t) =>
  simulateManyClean(function* ({ random }) {
    const requests = new AsyncLocalStorage<{ id: number }>();
    const lines: { id: number; msg: string }[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as { id: number; msg: string });
        done();
      },
    });
    const log = pino({ base: null, mixin: () => requests.getStore() ?? {} }, sink);
    function* handle(id: number): Operation<void> {
      log.info(`${id} begins`);
      yield* sleep(random.below(3));
      yield* all([
        sleep(1),
        (function* () {
          log.info(`${id} works`);
        })(),
      ]);
      log.info(`${id} ends`);
    }
    yield* scope(function* () {
      for (let id = 0; id < 5; id++)
        yield* spawn(() =>
          inContext(
            (body) => requests.run({ id }, body),
            () => handle(id),
          ),
        );
    });
    t.is(lines.length, 15);
    for (const { id, msg } of lines) t.regex(msg, new RegExp(`^${id} `));
  }));

for (const goal of [undefined, 1000])
  test(`a handler sees what an instrumented server made current for its request, ${goal === undefined ? 'at once' : 'also when it was gated'}`, async (t) => {
    const requests = new AsyncLocalStorage<string>();
    await run(function* () {
      yield* scope(function* (work) {
        const server = yield* listen(goal === undefined ? {} : { goal });
        // As instrumentations do: they wrap `emit` of Node's server.
        const { raw } = server;
        const emit = raw.emit.bind(raw) as (...event: unknown[]) => boolean;
        raw.emit = (...event: unknown[]) => {
          if (event[0] !== 'request') return emit(...event);
          return requests.run((event[1] as { url: string }).url, () => emit(...event));
        };
        work.spawnDaemon(() =>
          server.serve(function* ({ path }) {
            yield* sleep(1);
            return json([path, requests.getStore() ?? null]);
          }),
        );
        const paths = Array.from({ length: 8 }, (_, index) => `/${index}`);
        const answers = yield* all(
          paths.map((path) =>
            (function* () {
              const response = yield* fetch(`http://localhost:${server.port}${path}`);
              return yield* response.json();
            })(),
          ),
        );
        t.deepEqual(
          answers,
          paths.map((path) => [path, path]),
        );
      });
    });
  });
