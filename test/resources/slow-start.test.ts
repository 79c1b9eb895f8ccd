import test from 'ava';
import { Kind } from '#src/resources/kind.js';
import { LatencyNets } from '#src/resources/latency-nets.js';
import { SlowStart } from '#src/resources/slow-start.js';

const MiB = 2 ** 20;

/** How many pieces of work of one kind begin, of which so many fibers are ready. */
function admittedAt({ heapLimit, ready }: { heapLimit: number; ready: number }): number {
  const slowStart = new SlowStart(heapLimit);
  const nets = new LatencyNets(500);
  const kind = new Kind('work', 1);
  let live = 0;
  for (; live < 1000 && !slowStart.isFull({ live }, live, ready, [{ nets }], 0); live++) nets.began(kind, 0);
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
