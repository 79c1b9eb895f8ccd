import { Deque } from '#src/base/deque.js';
import { Ewma } from '#src/base/ewma.js';
import { Histogram } from '#src/base/histogram.js';
import { Random } from '#src/base/random.js';
import { TimerHeap } from '#src/base/timer-heap.js';
import { Stride, StrideClient } from '#src/stride/stride.js';
import { batchMs, type Parts } from './parts.js';

class Sleeper {
  timerIndex = -1;
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
    const heap = new TimerHeap<Sleeper>();
    return {
      add: (at) => heap.push(new Sleeper(), at),
      again(duration) {
        const at = heap.nextAt + duration;
        heap.push(heap.pop() as Sleeper, at);
      },
    };
  },
  shares(tickets) {
    const queue = new Stride();
    for (const one of tickets) queue.join(new StrideClient(one));
    return () => queue.charge(queue.next() as StrideClient, batchMs);
  },
};
