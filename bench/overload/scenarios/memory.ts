import { sleep } from 'heddle';
import { setTimeout as elapse } from 'node:timers/promises';
import { seededRandom } from '../random.js';
import { oneClass, type Scenario, type Work } from '../scenario.js';
import { buildBuffer, touchBuffer } from '../jobs/buffers.js';
import { logNormal } from '../jobs/log-normal.js';
import { buildObjects, touchObjects } from '../jobs/objects.js';
import { computing } from './cpu.js';

const megabytes = 2 ** 20;
const size = 8 * megabytes;
const holdMs = 50;

/** Builds as many bytes as `bytes` says, holds them over a wait, and reads them. */
function holding<T>(build: (bytes: number) => T, touch: (built: T) => unknown, bytes: () => number): Work {
  return {
    async plain() {
      const built = build(bytes());
      await elapse(holdMs);
      touch(built);
    },
    *fiber() {
      const built = build(bytes());
      yield* sleep(holdMs);
      touch(built);
    },
  };
}

const objects = holding(buildObjects, touchObjects, () => size);

export const memory: Scenario = {
  name: 'memory',
  about: 'builds 8 MB of objects, holds them over 50 ms, reads them',
  classes: oneClass,
  oldSpaceMb: 256,
  work: () => ({ work: objects }),
};

export const memoryBuffers: Scenario = {
  ...memory,
  name: 'memory-buffers',
  about: 'fills 8 MB of Buffers, holds them over 50 ms, reads them',
  work: () => ({ work: holding(buildBuffer, touchBuffer, () => size) }),
};

export const memoryLogNormal: Scenario = {
  ...memory,
  name: 'memory-lognormal',
  about: 'as memory, with log-normal sizes: 8 MB in the mean, 64 at most',
  work: () => ({
    work: holding(buildObjects, touchObjects, logNormal(seededRandom(1), size, 1, 8 * size)),
  }),
};

const lateWaitMs = 150;

export const lateMemory: Scenario = {
  ...memory,
  name: 'late-memory',
  about: 'a wait of 150 ms, then as memory; heddle compiles its program, which tells the two waits apart',
  compiled: true,
  work: () => ({
    work: {
      async plain() {
        await elapse(lateWaitMs);
        await objects.plain();
      },
      *fiber() {
        yield* sleep(lateWaitMs);
        yield* objects.fiber();
      },
    },
  }),
};

const light = computing(0.2);

export const mixed: Scenario = {
  ...memory,
  name: 'mixed',
  about: '90 % light (0.2 ms), 10 % as memory',
  classes: [
    { name: 'light', share: 0.9 },
    { name: 'heavy', share: 0.1 },
  ],
  work: (world) => ({ light: light(world), heavy: objects }),
};
