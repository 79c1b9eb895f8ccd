import { setTimeout as elapse } from 'node:timers/promises';
import { semaphore, sleep, until, type Operation } from 'heddle';
import { oneClass, type Scenario } from '../scenario.js';
import { distantPool, poolMs, poolSlots } from '../jobs/distant-pool.js';
import { Slots } from '../jobs/slots.js';

export const pool: Scenario = {
  name: 'pool',
  about: 'one of 20 slots for 10 ms, guarded by a semaphore of the program',
  classes: oneClass,
  work: () => {
    const slots = new Slots(poolSlots);
    const permits = semaphore(poolSlots, { name: 'pool' });
    return {
      work: {
        async plain() {
          await slots.acquire();
          await elapse(poolMs);
          slots.release();
        },
        *fiber(): Operation<void> {
          using _permit = yield* permits.acquire();
          yield* sleep(poolMs);
        },
      },
    };
  },
};

export const poolInvisible: Scenario = {
  name: 'pool-invisible',
  about: 'one of 20 slots for 10 ms in a server behind a socket, whose queue nobody sees',
  classes: oneClass,
  distantPool: true,
  work: ({ poolPort }) => {
    const ask = distantPool(poolPort);
    return {
      work: {
        plain: ask,
        *fiber() {
          yield* until(ask(), 'database.query');
        },
      },
    };
  },
};
