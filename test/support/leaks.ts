import { readdirSync } from 'node:fs';
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
  const before = descriptors();
  const runtime = new Runtime();
  await runtime.run(() => body(runtime));
  t.is(runtime.loop.spawned - runtime.loop.ended, 0, 'fibers left behind');
  for (let wait = 0; wait < 100 && descriptors() > before; wait++) await pause(10);
  t.true(descriptors() <= before, `descriptors left behind: ${before} before, ${descriptors()} after`);
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
