import test from 'ava';
import { Effect, Schema, SchemaGetter } from 'effect';
import { run, scope, spawn, type Operation } from 'heddle';
import { InvalidBodyError, schema, type BodyIssue, type BodyReader } from 'heddle/effect';
import { fetch, json, listen, type ServerRequest } from 'heddle/http';
import { simulateClean } from '../support/no-leak.js';

const Order = Schema.Struct({
  customer: Schema.Struct({ name: Schema.String }),
  items: Schema.Array(Schema.Struct({ 'item-id': Schema.NumberFromString, count: Schema.Number })),
});
const orders = schema(Order);

function* handle(incoming: ServerRequest): Operation<ReturnType<typeof json>> {
  const order = yield* orders.read(incoming, { limit: 10_000 });
  return json({ ids: order.items.map((item) => item['item-id'] + 1) });
}

/** Posts bodies to a server whose handler reads an order, and returns what it answered. */
function answers(...bodies: string[]): Promise<{ status: number; text: string }[]> {
  return run(() =>
    scope(function* () {
      const server = yield* listen();
      const serving = yield* spawn(() => server.serve(handle));
      const replies: { status: number; text: string }[] = [];
      for (const body of bodies) {
        const reply = yield* fetch(server.url, { method: 'POST', body });
        replies.push({ status: reply.status, text: yield* reply.text() });
      }
      serving.cancel();
      return replies;
    }),
  );
}

/** What a reader returns, or throws, of a request with this body. */
function outcome(reader: BodyReader<unknown>, body: string): Promise<unknown> {
  const incoming = {
    *json() {
      return JSON.parse(body);
    },
  } as unknown as ServerRequest;
  return simulateClean(() => reader.read(incoming)).catch((error: unknown) => error);
}

/** Gives on what it gets, once an Effect is over. */
function after(effect: Effect.Effect<void>): SchemaGetter.Getter<string, string> {
  return SchemaGetter.transformEffect((text: string) => Effect.as(effect, text));
}

const GOOD = { customer: { name: 'Ada' }, items: [{ 'item-id': '41', count: 1 }] };

test('a body of the right form is decoded', async (t) => {
  t.deepEqual(await answers(JSON.stringify(GOOD)), [{ status: 200, text: '{"ids":[42]}' }]);
});

test('a body of a wrong form is answered with 400 and each path that is wrong', async (t) => {
  const wrong = {
    customer: {},
    items: [
      { 'item-id': '41', count: 'one' },
      { 'item-id': 7, count: 1 },
    ],
  };
  const [reply] = await answers(JSON.stringify(wrong));
  t.is(reply!.status, 400);
  const paths = reply!.text
    .split('\n')
    .slice(1, -1)
    .map((line) => /^ {2}(.*?): ./.exec(line)?.[1]);
  t.deepEqual(paths, ['customer.name', 'items[0].count', 'items[1]["item-id"]']);
});

test('a body that is wrong as a whole, no JSON at all, or too large is the fault of the client too', async (t) => {
  const replies = await answers('1', '{', JSON.stringify({ ...GOOD, more: 'x'.repeat(10_000) }));
  t.deepEqual(
    replies.map(({ status }) => status),
    [400, 400, 413],
  );
  t.regex(replies[0]!.text, /^ {2}body: /m);
});

test('what is told of a wrong body is bounded', async (t) => {
  const error = await outcome(
    schema(Schema.Array(Schema.Number)),
    JSON.stringify(Array.from({ length: 100 }, () => 'y'.repeat(100))),
  );
  t.true(error instanceof InvalidBodyError);
  const { issues } = error as InvalidBodyError;
  t.is(issues.length, 20);
  t.true(issues.every(({ message }: BodyIssue) => message.length <= 201));
});

test('a schema that waits is waited for, and a defect in it is no fault of the client', async (t) => {
  const slow = Schema.String.pipe(Schema.decode({ decode: after(Effect.sleep(1)), encode: after(Effect.void) }));
  t.is(await outcome(schema(slow), '"text"'), 'text');
  const broken = Schema.String.pipe(
    Schema.decode({ decode: after(Effect.die(new RangeError('broken'))), encode: after(Effect.void) }),
  );
  t.true((await outcome(schema(broken), '"text"')) instanceof RangeError);
});
