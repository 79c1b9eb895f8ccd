import { Deque } from '#src/base/deque.js';
import { Ewma } from '#src/base/ewma.js';
import { Histogram } from '#src/base/histogram.js';
import { Random } from '#src/base/random.js';
import type { Instant, Timer } from '#src/base/instant.js';
import { Timers } from '#src/base/timers.js';
import { Stride, StrideClient } from '#src/stride/stride.js';
import { batchMs, type Parts } from './parts.js';

class Sleeper implements Timer<Sleeper> {
  instant: Instant<Sleeper> | null = null;
  previous: Sleeper | null = null;
  following: Sleeper | null = null;
}

export const heddle: Parts = {
  histogram() {
    const histogram = new Histogram();
    return (us) => histogram.record(us);
  },
  mean() {
    const average = new Ewma();
    return (sample) => average.add(sample);
  },
  random() {
    const random = new Random(1);
    return () => random.next();
  },
  queue() {
    const deque = new Deque<object>();
    return { push: (item) => deque.pushBack(item), shift: () => deque.popFront() };
  },
  timers() {
    const sleepers = new Timers<Sleeper>();
    return {
      add: (at) => sleepers.set(new Sleeper(), at),
      again(duration) {
        const at = sleepers.nextAt + duration;
        sleepers.set(sleepers.pop() as Sleeper, at);
      },
    };
  },
  shares(tickets) {
    const queue = new Stride();
    for (const one of tickets) queue.join(new StrideClient(one));
    return () => queue.charge(queue.next() as StrideClient, batchMs);
  },
};
