import test from 'ava';
import { OverloadError } from 'heddle';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Population } from '#src/fibers/population.js';
import { BackStop } from '#src/resources/back-stop.js';
import type { MemoryOutlook } from '#src/resources/memory-outlook.js';

interface Sketch {
  readonly name: string;
  /** In MiB. */
  readonly holds: number;
  readonly permits?: number;
  readonly isCancelled?: boolean;
}

/** A heap of 1000 bytes of which `live` are alive, and who was stopped. */
class Stopping {
  live = 1000;
  readonly stopped: string[] = [];
  readonly causes: unknown[] = [];
  /** Walks over the fibers that have not ended. */
  walks = 0;
  readonly backStop: BackStop;

  constructor(...sketches: readonly Sketch[]) {
    const held = new Map<unknown, number>();
    const fibers = sketches.map(({ name, holds, permits = 0, isCancelled = false }) => {
      const cancel = (reason: string, cause: Error): void => {
        this.stopped.push(`${name}: ${reason}`);
        this.causes.push(cause);
        fiber.cancellation = cause;
      };
      const fiber = { permits, cancellation: isCancelled ? new Error('before') : (null as Error | null), cancel };
      held.set(fiber, holds * 2 ** 20);
      return fiber;
    });
    const population = {
      walk: () => {
        const left = [...fibers];
        this.walks++;
        return { next: () => left.shift() ?? null, end: () => this.walks-- };
      },
    };
    const memory = {
      fits: (bytes: number, share: number) => this.live + bytes <= share * 1000,
      heldBy: (fiber: Fiber) => held.get(fiber)!,
    };
    this.backStop = new BackStop(population as unknown as Population, memory as unknown as MemoryOutlook);
  }
}

test('when memory has run out the fiber that holds most of it is cancelled, and is told', (t) => {
  const one = new Stopping({ name: 'a', holds: 5 }, { name: 'b', holds: 7 }, { name: 'c', holds: 6 });
  one.backStop.stop(false, 0);
  t.deepEqual(one.stopped, ['b: memory ran out, and this fiber held 7 MiB of it']);
  t.true(one.causes[0] instanceof OverloadError);
  t.is(one.backStop.stopped, 1);
  t.is(one.walks, 0);
});

test('nobody is cancelled who holds a lock, nor twice, nor who holds nothing', (t) => {
  const one = new Stopping(
    { name: 'locking', holds: 9, permits: 1 },
    { name: 'cancelled', holds: 8, isCancelled: true },
    { name: 'small', holds: 1 },
    { name: 'idle', holds: 0 },
  );
  for (let now = 0; now < 1000; now += 100) one.backStop.stop(false, now);
  t.is(one.stopped.length, 1);
  t.regex(one.stopped[0]!, /^small: /);
  t.is(one.backStop.stopped, 1);
});

test('nobody is cancelled below 93 % of the heap, unless nobody can go on', (t) => {
  const one = new Stopping({ name: 'a', holds: 5 });
  one.live = 930;
  t.false(one.backStop.isWanted(false, 0));
  one.backStop.stop(false, 0);
  t.deepEqual(one.stopped, []);
  t.true(one.backStop.isWanted(true, 0));
  one.live = 931;
  t.true(one.backStop.isWanted(false, 0));
});

test('the next one is cancelled once the last has had time to end', (t) => {
  const one = new Stopping({ name: 'a', holds: 5 }, { name: 'b', holds: 7 });
  one.backStop.stop(false, 0);
  one.backStop.stop(true, 19);
  t.is(one.stopped.length, 1);
  one.backStop.stop(false, 20);
  t.regex(one.stopped[1]!, /^a: /);
});
