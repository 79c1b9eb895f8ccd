import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Bytes in the heap that are still held. What a collection's weak references and
 * finalizers held goes in the next: until nothing goes any more.
 */
function held(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  let before: number;
  let after = Infinity;
  do {
    before = after;
    gc();
    after = process.memoryUsage().heapUsed;
  } while (before - after >= leastOfInterest);
  return after;
}

/** Bytes. */
const leastOfInterest = 1024;

/** The growth of the collected heap since this object was made. */
export class ParkedHeap {
  private readonly before: number;

  constructor() {
    this.before = held();
  }

  bytesPer(count: number): number {
    return (held() - this.before) / count;
  }
}
