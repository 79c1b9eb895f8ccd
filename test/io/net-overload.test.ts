import { connect, type Socket } from 'node:net';
import test from 'ava';
import { event, spawn, type Operation } from 'heddle';
import { listen } from 'heddle/net';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import { leavesNothing } from '../support/leaks.js';
import { eventually } from './leak-free.js';

test.serial('a connection that waits to be let in is withdrawn when its client has gone, and no other', (t) =>
  leavesNothing(t, function* (runtime): Operation<void> {
    const latch = event();
    const listener = yield* listen({ port: 0, host: '127.0.0.1', goal: 60_000 });
    const serving = yield* spawn(() =>
      listener.serve(
        function* handler(connection) {
          const request = yield* connection.readLine();
          yield* latch.wait();
          yield* connection.write(`${request} is answered`);
        },
        { onError: (error) => t.fail(String(error)) },
      ),
    );
    yield* eventually(() => runtime.loop.governor !== null);
    const [entry] = (runtime.loop.governor as ResourceGovernor).entries;
    // It would grow in time.
    Object.defineProperty(entry!.net, 'limit', { get: () => 1, set() {} });
    const answers: string[] = [];
    const client = (): Socket =>
      connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true })
        .setEncoding('utf8')
        .on('data', (answer: string) => answers.push(answer))
        .on('end', function (this: Socket) {
          this.end();
        })
        .on('error', () => {});
    client().write('first\n');
    yield* eventually(() => entry!.live === 1);
    const [resets, ends, asks, stays] = [client(), client(), client(), client()];
    resets.write('a\n');
    yield* eventually(() => entry!.queue.size === 4);
    resets.resetAndDestroy();
    ends.end();
    asks.end('asks and ends\n');
    stays.write('stays\n');
    yield* eventually(() => entry!.queue.size === 2);
    t.is(entry!.kinds.get('handler')!.withdrawn, 2);
    latch.set();
    yield* eventually(() => answers.length === 3);
    t.deepEqual(answers.sort(), ['asks and ends is answered', 'first is answered', 'stays is answered']);
    yield* eventually(() => entry!.live === 0);
    serving.cancel();
  }),
);
