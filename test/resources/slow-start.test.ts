import test from 'ava';
import { LatencyNet } from '#src/resources/latency-net.js';
import { SlowStart } from '#src/resources/slow-start.js';

const MiB = 2 ** 20;

/** How many pieces of work of one kind begin, of which so many fibers are ready. */
function admittedAt({ heapLimit, ready }: { heapLimit: number; ready: number }): number {
  const slowStart = new SlowStart(heapLimit);
  const net = new LatencyNet(500);
  let live = 0;
  for (; live < 1000 && !slowStart.isFull({ live }, live, ready, [{ net }], 0); live++) net.began(0);
  return live;
}

test('of what waits one for each 32 MiB of the heap is let in at first, from 8 to 32, of what runs 8', (t) => {
  for (const [heapLimit, waiting] of [
    [64 * MiB, 8],
    [256 * MiB, 8],
    [512 * MiB, 16],
    [1024 * MiB, 32],
    [4096 * MiB, 32],
  ] as const) {
    t.is(admittedAt({ heapLimit, ready: 0 }), waiting);
    t.is(admittedAt({ heapLimit, ready: 8 }), 8);
  }
});
