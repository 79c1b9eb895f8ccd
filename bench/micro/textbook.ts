import { series } from '../harness/xorshift32.js';
import { Fifo } from '../peers/fifo.js';
import { compareTimers, type Timer } from './timer.js';
import type { Parts } from './parts.js';

/** What takes some ten lines to write. */
export const textbook: Parts = {
  /** A bucket for each power of two. */
  histogram() {
    const counts = new Float64Array(33);
    let sum = 0;
    return (us) => {
      counts[32 - Math.clz32(us)]!++;
      sum += us;
    };
  },
  /** The last 16 samples and their sum. */
  mean() {
    const window = new Float64Array(16);
    let sum = 0;
    let next = 0;
    return (sample) => {
      sum += sample - (window[next] as number);
      window[next] = sample;
      next = (next + 1) & (window.length - 1);
    };
  },
  /** Marsaglia's xorshift with 32 bits of state, twice for the 53 bits of a double. */
  random() {
    const next = series();
    return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  },
  queue() {
    const queue = new Fifo<object>();
    return { push: (item) => queue.push(item), shift: () => queue.shift() };
  },
  timers() {
    const heap: Timer[] = [];
    let order = 0;
    const up = (timer: Timer): void => {
      let index = heap.length;
      heap.push(timer);
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (compareTimers(heap[parent] as Timer, timer) < 0) break;
        heap[index] = heap[parent] as Timer;
        index = parent;
      }
      heap[index] = timer;
    };
    return {
      add: (at) => up({ at, order: order++ }),
      /** The first one stays where it is and sinks to its new place. */
      again(duration) {
        const timer = heap[0] as Timer;
        timer.at += duration;
        timer.order = order++;
        let index = 0;
        for (let child = 1; child < heap.length; child = index * 2 + 1) {
          if (child + 1 < heap.length && compareTimers(heap[child + 1] as Timer, heap[child] as Timer) < 0) child++;
          if (compareTimers(timer, heap[child] as Timer) < 0) break;
          heap[index] = heap[child] as Timer;
          index = child;
        }
        heap[index] = timer;
      },
    };
  },
  /** A lottery: tickets are drawn, and nobody is charged. */
  shares(tickets) {
    const draw = series();
    const total = tickets.reduce((sum, one) => sum + one, 0);
    const runs = new Float64Array(tickets.length);
    return () => {
      let left = draw() % total;
      let winner = 0;
      while (left >= (tickets[winner] as number)) left -= tickets[winner++] as number;
      runs[winner]!++;
    };
  },
};
