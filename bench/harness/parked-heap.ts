import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects twice: what a first collection's weak references and finalizers held goes in the second. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
}

/** The growth of the collected heap since this object was made. */
export class ParkedHeap {
  private readonly before: number;

  constructor() {
    collect();
    this.before = process.memoryUsage().heapUsed;
  }

  bytesPer(count: number): number {
    collect();
    return (process.memoryUsage().heapUsed - this.before) / count;
  }
}
