import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { Runtime, type Operation } from 'heddle';

/**
 * Runs `body` in the system's time, and claims that it left nothing behind: no fiber, no descriptor. Descriptors are
 * closed by the system a moment after heddle let go of them, so they get some turns.
 */
export async function leavesNothing(
  t: ExecutionContext,
  body: (runtime: Runtime) => Operation<unknown>,
): Promise<void> {
  const before = descriptors().length;
  const runtime = new Runtime();
  await runtime.run(() => body(runtime));
  t.is(runtime.loop.spawned - runtime.loop.ended, 0, 'fibers left behind');
  // Nobody can cancel a look-up: it goes on in its thread, on sockets of its own.
  while (process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) await pause(5);
  for (let wait = 0; wait < 100 && descriptors().length > before; wait++) await pause(10);
  t.true(descriptors().length <= before, `descriptors left behind: ${before} before, ${descriptors().length} after`);
}

export function openSockets(): number {
  return descriptors().filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

function descriptors(): string[] {
  return readdirSync('/proc/self/fd');
}
