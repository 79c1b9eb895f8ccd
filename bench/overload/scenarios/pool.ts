import { setTimeout as elapse } from 'node:timers/promises';
import { semaphore, sleep, until, type Operation } from 'heddle';
import { distantPool, poolMs, poolSlots } from '../jobs/distant-pool.js';
import { Slots } from '../jobs/slots.js';
import { seededRandom } from '../random.js';
import { oneClass, type Scenario } from '../scenario.js';

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

/** How long a query of the database takes on average, in ms. */
const queryMs = 50;

export const database: Scenario = {
  name: 'database',
  about: 'a query that takes 50 ms on average, exponentially distributed, in a database that does 20 at once',
  classes: oneClass,
  distantPool: true,
  work: ({ poolPort }) => {
    const ask = distantPool(poolPort);
    const random = seededRandom(1);
    const query = (): Promise<void> => ask(-queryMs * Math.log(1 - random()));
    return {
      work: {
        plain: query,
        *fiber() {
          yield* until(query(), 'database.query');
        },
      },
    };
  },
};
