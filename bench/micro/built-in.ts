import { createHistogram } from 'node:perf_hooks';
import { compareTimers, type Timer } from './timer.js';
import { batchMs, type Parts } from './parts.js';

/** One significant digit: the nearest to heddle's sixteenths of an octave. */
const likeHeddle = { lowest: 1, highest: 2 ** 40, figures: 1 };

/** What the language and Node have by themselves. */
export const builtIn: Parts = {
  histogram() {
    const histogram = createHistogram(likeHeddle);
    return (us) => histogram.record(us);
  },
  // The mean of all samples, not of the last few: it is what there is.
  mean() {
    const histogram = createHistogram(likeHeddle);
    return (sample) => histogram.record(sample);
  },
  // Nobody can repeat it.
  random: () => Math.random,
  queue() {
    const array: object[] = [];
    return { push: (item) => array.push(item), shift: () => array.shift() };
  },
  /** An array in order, the first timer at its end. */
  timers() {
    const array: Timer[] = [];
    let order = 0;
    const insert = (timer: Timer): void => {
      let low = 0;
      for (let high = array.length; low < high;) {
        const middle = (low + high) >>> 1;
        if (compareTimers(timer, array[middle] as Timer) < 0) low = middle + 1;
        else high = middle;
      }
      array.splice(low, 0, timer);
    };
    return {
      add: (at) => insert({ at, order: order++ }),
      again(duration) {
        const timer = array.pop() as Timer;
        timer.at += duration;
        timer.order = order++;
        insert(timer);
      },
    };
  },
  /** Stride scheduling that looks through all clients. */
  shares(tickets) {
    const clients = tickets.map((one) => ({ pass: 0, stride: 1 / one }));
    return () => {
      let next = clients[0] as (typeof clients)[number];
      for (const client of clients) if (client.pass < next.pass) next = client;
      next.pass += batchMs * next.stride;
    };
  },
};
