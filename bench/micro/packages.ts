import { movingAverage, step } from '@thi.ng/transducers';
import Denque from 'denque';
import { build } from 'hdr-histogram-js';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import TinyQueue from 'tinyqueue';
import { compareTimers, type Timer } from './timer.js';
import { batchMs, type Parts } from './parts.js';

/** What is usually installed for the purpose. */
export const packages: Parts = {
  histogram() {
    // Counts that do not overflow, and the digits that are nearest to heddle's.
    const histogram = build({ highestTrackableValue: 2 ** 40, numberOfSignificantValueDigits: 1, bitBucketSize: 64 });
    return (us) => histogram.recordValue(us);
  },
  mean: () => step(movingAverage(window)),
  random() {
    const generator = xoroshiro128plus(1);
    return () => uniformFloat64(generator);
  },
  queue() {
    const queue = new Denque<object>();
    return { push: (item) => queue.push(item), shift: () => queue.shift() };
  },
  timers() {
    const queue = new TinyQueue<Timer>([], compareTimers);
    let order = 0;
    return {
      add: (at) => queue.push({ at, order: order++ }),
      again(duration) {
        const timer = queue.pop() as Timer;
        timer.at += duration;
        timer.order = order++;
        queue.push(timer);
      },
    };
  },
  /** Stride scheduling with a heap that has no update: who has run is taken out and put in again. */
  shares(tickets) {
    const clients = tickets.map((one) => ({ pass: 0, stride: 1 / one }));
    const queue = new TinyQueue(clients, (a, b) => a.pass - b.pass);
    return () => {
      const client = queue.pop() as (typeof clients)[number];
      client.pass += batchMs * client.stride;
      queue.push(client);
    };
  },
};

/** As many samples as count in a mean with weight 1/8. */
const window = 16;
