import test from 'ava';
import fc from 'fast-check';
import {
  ArgumentError,
  channel,
  ChannelClosedError,
  moveOnAfter,
  scope,
  select,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Operation,
} from 'heddle';
import { sameEvents, simulate } from 'heddle/testing';
import { fuzzRuns } from '../../support/fuzz.js';
import { simulateClean, simulateManyClean } from '../../support/no-leak.js';

test('an unbuffered channel makes sender and receiver meet', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const jobs = channel<number>();
    yield* spawn(function* () {
      yield* jobs.send(1);
      log('sent');
    });
    yield* sleep(5);
    log('receiving');
    t.is(yield* jobs.receive(), 1);
    yield* sleep(1);
    t.is(sameEvents(events, ['receiving', 'sent']), null);
  }));

test('a buffered channel takes as many as it has room for', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(2);
    yield* jobs.send(1);
    yield* jobs.send(2);
    const third = yield* spawn(() => jobs.send(3));
    yield* sleep(1);
    t.is(third.status, 'waiting');
    t.deepEqual(jobs.stats(), { capacity: 2, buffered: 2, waitingToSend: 1, waitingToReceive: 0, isClosed: false });
    t.is(yield* jobs.receive(), 1);
    yield* third.join();
    t.deepEqual([yield* jobs.receive(), yield* jobs.receive()], [2, 3]);
  }));

test('trySend and tryReceive never wait', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number | undefined>(1);
    t.is(jobs.tryReceive(), undefined);
    t.true(jobs.trySend(undefined));
    t.false(jobs.trySend(2));
    t.deepEqual(jobs.tryReceive(), { value: undefined });
    const receiver = yield* spawn(() => jobs.receive());
    yield* sleep(1);
    t.true(jobs.trySend(3));
    t.is(yield* receiver.join(), 3);
    const meeting = channel<number>();
    t.false(meeting.trySend(1));
    yield* spawn(() => meeting.send(4));
    yield* sleep(1);
    t.deepEqual(meeting.tryReceive(), { value: 4 });
  }));

test('a closed channel can be emptied, then receivers are told; senders are told at once', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(1, { name: 'jobs' });
    yield* jobs.send(1);
    const sender = yield* spawn(function* () {
      try {
        yield* jobs.send(2);
      } catch (error) {
        return error;
      }
      return undefined;
    });
    yield* sleep(1);
    jobs.close();
    jobs.close();
    t.true(jobs.isClosed);
    t.true((yield* sender.join()) instanceof ChannelClosedError);
    t.is(yield* jobs.receive(), 1);
    for (const operation of [() => jobs.receive(), () => jobs.send(3)])
      try {
        yield* operation();
        t.fail();
      } catch (error) {
        t.true(error instanceof ChannelClosedError);
        t.regex((error as Error).message, /the channel `jobs` is closed/);
      }
    t.throws(() => jobs.trySend(1), { instanceOf: ChannelClosedError });
    t.is(jobs.tryReceive(), undefined);
  }));

test('closing wakes the receivers that wait', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const jobs = channel<number>();
    yield* scope(function* (inner) {
      for (let i = 0; i < 3; i++)
        inner.spawn(function* () {
          try {
            yield* jobs.receive();
          } catch (error) {
            log(error instanceof ChannelClosedError ? 'closed' : 'wrong');
          }
        });
      yield* sleep(1);
      jobs.close();
    });
    t.deepEqual(events, ['closed', 'closed', 'closed']);
  }));

test('forEach runs its body for every value until the channel is closed and empty', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(2);
    const seen: number[] = [];
    yield* spawn(function* () {
      for (let i = 0; i < 10; i++) yield* jobs.send(i);
      jobs.close();
    });
    yield* jobs.forEach(function* (value) {
      yield* yieldNow();
      seen.push(value);
    });
    t.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }));

test('forEach lets pass what its body throws, a closed channel of its own too', async (t) => {
  await t.throwsAsync(
    simulateClean(function* () {
      const jobs = channel<number>(1);
      const other = channel<number>();
      other.close();
      yield* jobs.send(1);
      yield* jobs.forEach(() => other.send(1));
    }),
    { instanceOf: ChannelClosedError, message: /^send/ },
  );
});

test('a producer into an unbounded channel cannot starve others', async (t) => {
  const produced = await simulate(
    function* () {
      const jobs = channel<number>(Infinity);
      let stop = false;
      yield* spawn(function* () {
        stop = true;
      });
      let count = 0;
      while (!stop) yield* jobs.send(count++);
      return count;
    },
    { queue: 'fifo' },
  );
  t.true(produced > 100 && produced < 1000, String(produced));
});

for (const capacity of [-1, 1.5, NaN, '1'])
  test(`a capacity of ${capacity} (${typeof capacity}) is refused`, (t) => {
    const error = t.throws(() => channel(capacity as number), { instanceOf: ArgumentError });
    t.is(
      error.message,
      `Expected \`capacity\` to be an integer ≥ 0 or Infinity, got \`${capacity}\` (${typeof capacity})`,
    );
  });

test('a channel conserves messages and keeps their order, whoever is cancelled, at any capacity', (t) =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        capacity: fc.constantFrom(0, 1, 2, 5, Infinity),
        senders: fc.integer({ min: 1, max: 4 }),
        receivers: fc.integer({ min: 1, max: 4 }),
        messages: fc.integer({ min: 1, max: 20 }),
        kills: fc.integer({ min: 0, max: 6 }),
        selecting: fc.boolean(),
      }),
      async ({ seed, capacity, senders, receivers, messages, kills, selecting }) => {
        const sent: string[] = [];
        const received: string[] = [];
        await simulateClean(
          function* ({ random }) {
            const jobs = channel<string>(capacity);
            function* sender(id: number): Operation<void> {
              for (let i = 0; i < messages; i++) {
                if (random.below(3) === 0) yield* sleep(random.below(3));
                const sending = jobs.send(`${id}:${i}`);
                if (selecting) yield* select({ sending, never: suspend() });
                else yield* sending;
                sent.push(`${id}:${i}`);
              }
            }
            function* receiver(): Operation<void> {
              for (;;) {
                if (random.below(3) === 0) yield* sleep(random.below(3));
                const receiving = jobs.receive();
                received.push(selecting ? (yield* select({ receiving, never: suspend() })).value : yield* receiving);
              }
            }
            yield* scope(function* (inner) {
              const fibers = [
                ...Array.from({ length: senders }, (_, id) => inner.spawn(sender, id)),
                ...Array.from({ length: receivers }, () => inner.spawn(receiver)),
              ];
              for (let i = 0; i < kills; i++) {
                yield* sleep(random.below(4));
                fibers[random.below(fibers.length)]!.cancel();
              }
              yield* sleep(200);
              inner.cancel();
            });
            for (let rest = jobs.tryReceive(); rest !== undefined; rest = jobs.tryReceive()) received.push(rest.value);
            t.deepEqual(
              { ...jobs.stats(), capacity: 0 },
              { capacity: 0, buffered: 0, waitingToSend: 0, waitingToReceive: 0, isClosed: false },
            );
          },
          { seed },
        ).catch((error: Error) => {
          // The body of the inner scope was stopped by its own cancellation.
          if (error.name !== 'CancelledError') throw error;
        });
        t.deepEqual([...received].sort(), [...sent].sort());
        t.is(new Set(received).size, received.length);
        // With one receiver the order of reception is that of sending; messages of one sender never overtake each other.
        if (receivers === 1)
          for (let id = 0; id < senders; id++) {
            const own = received
              .filter((message) => message.startsWith(`${id}:`))
              .map((message) => Number(message.split(':')[1]));
            t.deepEqual(
              own,
              [...own].sort((a, b) => a - b),
            );
          }
      },
    ),
    { numRuns: fuzzRuns(200) },
  ));

test('receivers and senders are served first come, first served', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>();
    const got: number[] = [];
    yield* scope(function* (inner) {
      for (let i = 0; i < 5; i++) {
        inner.spawn(function* () {
          got.push(10 * i + (yield* jobs.receive()));
        });
        yield* sleep(1);
      }
      for (let i = 0; i < 5; i++) yield* jobs.send(i);
    });
    t.deepEqual(got.sort(), [0, 11, 22, 33, 44]);
    const order: number[] = [];
    yield* scope(function* (inner) {
      for (let i = 0; i < 5; i++) {
        inner.spawn(() => jobs.send(i));
        yield* sleep(1);
      }
      for (let i = 0; i < 5; i++) order.push(yield* jobs.receive());
    });
    t.deepEqual(order, [0, 1, 2, 3, 4]);
  }));

test('a receive with a deadline that gave up leaves the value to the next', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>();
    t.is(yield* moveOnAfter(5, jobs.receive()), undefined);
    yield* spawn(() => jobs.send(1));
    t.is(yield* jobs.receive(), 1);
  }));
