import { readdirSync, readlinkSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import type { Operation } from '#src/fibers/operation.js';
import { sleep } from '#src/fibers/sleep.js';
import { scope } from '#src/fibers/with-scope.js';
import { Runtime } from '#src/runtime.js';

/** Runs `body` in a runtime of its own; afterwards no socket is open that was not before, and no fiber alive. */
export async function leakFree(t: ExecutionContext, body: () => Operation<unknown>): Promise<void> {
  const runtime = new Runtime({ queue: 'fifo' });
  const before = openSockets();
  await runtime.run(function* () {
    yield* scope(body);
    // Nobody can cancel a look-up: it goes on in its thread, on sockets of its own.
    while (process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) yield* sleep(5);
    // Node frees descriptors a turn or two after the close.
    for (let i = 0; i < 200 && openSockets() > before; i++) yield* sleep(5);
    // Fewer, where those of the test before were still being closed.
    t.true(openSockets() <= before, `open sockets: ${openSockets()}, before ${before}`);
  });
  t.is(runtime.loop.spawned, runtime.loop.ended, 'fibers');
}

export function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** Sleeps until `condition` holds; fails after two seconds. */
export function* eventually(condition: () => boolean): Operation<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return;
    yield* sleep(5);
  }
  throw new Error(`It did not come true: ${condition}`);
}
