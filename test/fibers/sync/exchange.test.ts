import test from 'ava';
import fc from 'fast-check';
import {
  all,
  channel,
  ChannelClosedError,
  MisuseError,
  moveOnAfter,
  scope,
  select,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Channel,
  type Operation,
} from 'heddle';
import { simulate, type World } from 'heddle/testing';
import { fuzzRuns } from '../../support/fuzz.js';
import { simulateClean, simulateManyClean } from '../../support/no-leak.js';

/** Throws if one waits for what is there while nobody is on the way. */
function validate(jobs: Channel<any>): void {
  (jobs as unknown as { exchange: { validate(): void } }).exchange.validate();
}

/** What holds while every fiber waits: nobody waits for what is there. */
function isSettled(jobs: Channel<unknown>): boolean {
  const { buffered, capacity, waitingToSend, waitingToReceive } = jobs.stats();
  return (
    (waitingToReceive === 0 || (buffered === 0 && waitingToSend === 0)) &&
    (waitingToSend === 0 || buffered === capacity)
  );
}

/** When an operation began and when its fiber went on, by one counter for all. */
interface Span {
  readonly from: number;
  to: number;
}

test('under any schedule, with cancellations, selects and close: conserves, keeps order, wakes whom it should', (t) =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        queue: fc.constantFrom('shuffled', 'shuffled', 'stride', 'fifo'),
        capacity: fc.constantFrom(0, 1, 2, 3, 8, Infinity),
        senders: fc.integer({ min: 1, max: 6 }),
        receivers: fc.integer({ min: 1, max: 6 }),
        messages: fc.integer({ min: 1, max: 30 }),
        kills: fc.integer({ min: 0, max: 8 }),
        pause: fc.constantFrom(1, 3, 10),
        closing: fc.boolean(),
      }),
      async ({ seed, queue, capacity, senders, receivers, messages, kills, pause, closing }) => {
        let time = 0;
        const sent = new Map<string, Span>();
        const received = new Map<string, Span>();
        function* program({ random, untilIdle }: World): Operation<void> {
          const jobs = channel<string>(capacity);
          function* rest(): Operation<void> {
            validate(jobs);
            const kind = random.below(pause);
            if (kind === 1) yield* yieldNow();
            else if (kind === 2) yield* sleep(random.below(3));
          }
          function* send(message: string): Operation<void> {
            const span = { from: time++, to: Infinity };
            const style = random.below(4);
            if (style === 0) yield* select({ sent: jobs.send(message), never: suspend() });
            else if (style === 1 && jobs.trySend(message)) validate(jobs);
            else if (style === 2) {
              // Shows whether a send that gave up was received all the same.
              if ((yield* moveOnAfter(2, sendTrue(message))) !== true) return;
            } else yield* jobs.send(message);
            span.to = time++;
            sent.set(message, span);
          }
          function* sendTrue(message: string): Operation<true> {
            yield* jobs.send(message);
            return true;
          }
          function* receive(): Operation<void> {
            const from = time++;
            const style = random.below(4);
            let message: string | undefined;
            if (style === 0) message = (yield* select({ got: jobs.receive(), never: suspend() })).value;
            else if (style === 1) message = jobs.tryReceive()?.value;
            else if (style === 2) message = yield* moveOnAfter(2, jobs.receive());
            else message = yield* jobs.receive();
            if (message === undefined) return yield* sleep(1);
            t.false(received.has(message), 'received twice');
            received.set(message, { from, to: time++ });
          }
          function* forever(body: () => Operation<void>): Operation<void> {
            for (;;) {
              yield* rest();
              yield* body();
              validate(jobs);
            }
          }
          function* finite(id: number): Operation<void> {
            for (let i = 0; i < messages; i++) {
              yield* rest();
              yield* send(`${id}:${i}`);
            }
          }
          function* untilClosed(body: Operation<void>): Operation<void> {
            try {
              yield* body;
            } catch (error) {
              if (!(error instanceof ChannelClosedError)) throw error;
            }
          }
          yield* scope(function* (inner) {
            const fibers = [
              ...Array.from({ length: senders }, (_, id) => inner.spawn(() => untilClosed(finite(id)))),
              ...Array.from({ length: receivers }, () => inner.spawn(() => untilClosed(forever(receive)))),
            ];
            for (let i = 0; i < kills; i++) {
              yield* sleep(random.below(4));
              fibers[random.below(fibers.length)]!.cancel();
              validate(jobs);
            }
            yield* sleep(random.below(20));
            if (closing) jobs.close();
            yield* sleep(500);
            // The senders have finished or were cancelled; whoever waits now waits for nothing that is there.
            yield* untilIdle();
            t.true(isSettled(jobs), JSON.stringify(jobs.stats()));
            for (const fiber of fibers) fiber.cancel();
          });
          validate(jobs);
          for (let left = jobs.tryReceive(); left !== undefined; left = jobs.tryReceive())
            received.set(left.value, { from: time++, to: time++ });
        }
        await simulateClean(program, { seed, queue });
        // A fiber that was cancelled in the middle of `send` counts as a sender only if it was told so.
        for (const message of sent.keys()) t.true(received.has(message), `${message} was lost`);
        const both = [...sent].map(([message, span]) => [span, received.get(message)!] as const);
        for (const [send1, receive1] of both)
          for (const [send2, receive2] of both)
            t.false(
              send1.to < send2.from && receive2.to < receive1.from,
              'a later message was received before an earlier one',
            );
      },
    ),
    { numRuns: fuzzRuns(300) },
  ));

test('values that come while a receiver is on its way are left to it', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(8);
    const got: number[][] = [];
    for (let id = 0; id < 3; id++)
      yield* spawn(function* () {
        const mine: number[] = [];
        got.push(mine);
        while (mine.at(-1) !== -1) mine.push(yield* jobs.receive());
      });
    yield* sleep(1);
    for (let i = 0; i < 8; i++) yield* jobs.send(i);
    t.is(jobs.stats().waitingToReceive, 2);
    yield* sleep(1);
    // The first to run woke the second and then took the rest.
    t.deepEqual(
      [...got].sort((a, b) => b.length - a.length),
      [[0, 2, 3, 4, 5, 6, 7], [1], []],
    );
    for (let i = 0; i < 3; i++) yield* jobs.send(-1);
  }));

test('receivers that take one value and go to work do not hold up the others', async (t) => {
  for (const queue of ['stride', 'fifo', 'shuffled'] as const)
    await simulateClean(
      function* () {
        const jobs = channel<number>(64);
        const started: number[] = [];
        yield* scope(function* (inner) {
          for (let id = 0; id < 64; id++)
            inner.spawn(function* () {
              started.push(yield* jobs.receive());
              yield* sleep(1000);
            });
          yield* sleep(1);
          for (let i = 0; i < 64; i++) yield* jobs.send(i);
          let turns = 0;
          for (; started.length < 64 && queue === 'fifo'; turns++) yield* yieldNow();
          t.true(turns < 6, `the last one began after ${turns} turns of the run queue`);
          yield* sleep(1);
          t.deepEqual(
            [...started].sort((a, b) => a - b),
            Array.from({ length: 64 }, (_, i) => i),
          );
        });
      },
      { queue },
    );
});

test('a sender on its way makes others wait only until it runs', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(2);
    const done: number[] = [];
    for (let id = 0; id < 6; id++) {
      yield* spawn(function* () {
        yield* jobs.send(id);
        done.push(id);
        yield* sleep(100);
      });
      yield* sleep(1);
    }
    t.deepEqual([yield* jobs.receive(), yield* jobs.receive()], [0, 1]);
    // One was admitted; the other has room, and its turn comes when that one runs.
    t.deepEqual(jobs.stats(), { capacity: 2, buffered: 1, waitingToSend: 3, waitingToReceive: 0, isClosed: false });
    yield* sleep(1);
    t.deepEqual(jobs.stats(), { capacity: 2, buffered: 2, waitingToSend: 2, waitingToReceive: 0, isClosed: false });
    t.deepEqual(done.sort(), [0, 1, 2, 3]);
    t.deepEqual(
      [jobs.tryReceive(), jobs.tryReceive(), jobs.tryReceive(), jobs.tryReceive(), jobs.tryReceive()],
      [{ value: 2 }, { value: 3 }, { value: 4 }, { value: 5 }, undefined],
    );
  }));

test('trySend succeeds while receivers wait, even if the buffer is full of what another is on its way for', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(1);
    const got: number[] = [];
    for (let id = 0; id < 3; id++)
      yield* spawn(function* () {
        got.push(yield* jobs.receive());
      });
    yield* sleep(1);
    t.deepEqual(
      [1, 2, 3, 4, 5].map((value) => jobs.trySend(value)),
      [true, true, true, true, false],
    );
    yield* sleep(1);
    t.deepEqual(got.sort(), [1, 2, 3]);
    t.deepEqual(jobs.tryReceive(), { value: 4 });
  }));

test('a woken receiver that is cancelled keeps its value and still wakes the next', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(4);
    const got: number[] = [];
    const receivers = [];
    for (let id = 0; id < 3; id++) {
      receivers.push(
        yield* spawn(function* () {
          got.push(yield* jobs.receive());
          yield* sleep(1);
          got.push(-1);
        }),
      );
      yield* sleep(1);
    }
    jobs.trySend(1);
    jobs.trySend(2);
    receivers[0]!.cancel();
    receivers[1]!.cancel();
    yield* sleep(0);
    // The first had its value. The second had none, so that the third got the other.
    t.deepEqual(got, [1, 2]);
    t.is(receivers[0]!.status, 'cancelled');
  }));

test('a woken receiver that fails has woken the next', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(4);
    const got: number[] = [];
    for (let id = 0; id < 2; id++) {
      yield* spawn(function* () {
        try {
          yield* scope(function* () {
            got.push(yield* jobs.receive());
            throw new Error('no use');
          });
        } catch {}
      });
      yield* sleep(1);
    }
    jobs.trySend(1);
    jobs.trySend(2);
    yield* sleep(1);
    t.deepEqual(got, [1, 2]);
  }));

test('a select that waits counts as one on its way, whichever branch', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(8);
    const got: number[] = [];
    for (let id = 0; id < 3; id++)
      yield* spawn(function* () {
        for (;;) {
          const taken = yield* select({ stop: sleep(50), job: jobs.receive() });
          if (taken.branch === 'stop') return;
          got.push(taken.value);
        }
      });
    yield* sleep(1);
    for (let i = 0; i < 8; i++) yield* jobs.send(i);
    t.is(jobs.stats().waitingToReceive, 2);
    yield* sleep(1);
    t.is(jobs.stats().waitingToReceive, 3);
    t.deepEqual(got.sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  }));

test('closing hands out what is in the buffer and takes in what has room, before it fails the rest', (t) =>
  simulateManyClean(function* () {
    const outcome = (operation: Operation<unknown>) =>
      function* (): Operation<unknown> {
        try {
          return (yield* operation) ?? 'sent';
        } catch (error) {
          return (error as Error).name;
        }
      };
    const full = channel<number>(2);
    const senders = [];
    for (let i = 0; i < 6; i++) {
      senders.push(yield* spawn(outcome(full.send(i))));
      yield* sleep(1);
    }
    full.tryReceive();
    full.tryReceive();
    full.close();
    t.deepEqual(yield* all(senders.map((sender) => sender.join())), [
      'sent',
      'sent',
      'sent',
      'sent',
      'ChannelClosedError',
      'ChannelClosedError',
    ]);
    const empty = channel<number>(2);
    const receivers = [];
    for (let i = 0; i < 3; i++) {
      receivers.push(yield* spawn(outcome(empty.receive())));
      yield* sleep(1);
    }
    empty.trySend(10);
    empty.trySend(11);
    empty.close();
    t.deepEqual(yield* all(receivers.map((receiver) => receiver.join())), [10, 11, 'ChannelClosedError']);
  }));

test('who is overtaken is next when the one on its way has run', async (t) => {
  for (const queue of ['stride', 'fifo', 'shuffled'] as const)
    await simulate(
      function* () {
        const jobs = channel<number>(4);
        const served: number[] = [];
        let greedy = 0;
        for (let id = 0; id < 5; id++) {
          yield* spawn(function* () {
            yield* jobs.receive();
            served.push(id);
          });
          yield* sleep(1);
        }
        yield* spawn(function* () {
          while ((yield* jobs.receive()) === 1) greedy++;
        });
        yield* spawn(function* () {
          while (served.length < 5) yield* jobs.send(1);
          yield* jobs.send(2);
        });
        yield* sleep(1);
        t.is(served.length, 5);
        t.true(greedy < 5000, `${queue}: ${greedy}`);
      },
      { queue },
    );
});

test('a fiber that goes on without `yield*` after it was woken holds up nobody', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(4);
    let error: unknown;
    try {
      yield* scope(function* (inner) {
        inner.spawn(function* () {
          (jobs.receive() as unknown as Iterator<unknown>).next();
          jobs.trySend(1);
        });
      });
    } catch (caught) {
      error = caught;
    }
    t.true(error instanceof MisuseError);
    const next = yield* spawn(() => jobs.receive());
    yield* sleep(1);
    yield* jobs.send(2);
    t.is(yield* next.join(), 2);
  }));

test('who gave way in the middle of a long stream is not taken for one on its way', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(Infinity);
    for (let i = 0; i < 2000; i++) yield* jobs.send(i);
    const receiver = yield* spawn(function* () {
      for (let i = 0; i < 2000; i++) yield* jobs.receive();
      return yield* jobs.receive();
    });
    yield* sleep(1);
    yield* jobs.send(-1);
    t.is(yield* receiver.join(), -1);
    validate(jobs);
  }));

test('a branch of a select sees what the registration of another one has done to its channel', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(1);
    const sent = yield* select({ other: suspend<void>(() => void jobs.trySend(1)), got: jobs.receive() });
    t.deepEqual(sent, { branch: 'got', value: 1 });
    jobs.trySend(2);
    t.is((yield* select({ other: suspend<void>(() => void jobs.tryReceive()), sent: jobs.send(3) })).branch, 'sent');
    jobs.tryReceive();
    let error: unknown;
    try {
      yield* select({ other: suspend<void>(() => jobs.close()), got: jobs.receive() });
    } catch (caught) {
      error = caught;
    }
    t.true(error instanceof ChannelClosedError);
  }));
