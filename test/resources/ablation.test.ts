import ava from 'ava';
import { ArgumentError } from '#src/base/errors.js';
import type { SchedulingOptions } from '#src/resources/scheduling-options.js';
import { Runtime } from '#src/runtime.js';
import { offer } from './offer.js';
import { workloads, type Workload, type WorkloadName } from './workloads.js';

// One after the other: together they would say nothing until all were over, and AVA ends who is silent for long.
const test = ava.serial;

/** Goodput as a share of what the best fixed limit does, and p99 in ms. */
interface Result {
  readonly kept: number;
  /** In the first second. */
  readonly first: number;
  readonly p99: number;
  readonly exhausted: boolean;
}

const SEEDS = [1, 2];
const SECONDS = 5;
const SETTLED = 2;
const known = new Map<string, readonly Result[]>();

/** By seed. */
function results(name: WorkloadName, load: number, off: readonly (keyof SchedulingOptions)[]): readonly Result[] {
  const key = JSON.stringify([name, load, off]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const workload: Workload = workloads[name];
  const scheduling = Object.fromEntries(off.map((option) => [option, false]));
  const found = SEEDS.map((seed): Result => {
    const server = offer(workload, load, { seed, scheduling, seconds: SECONDS });
    return {
      kept: server.goodput(SETTLED, SECONDS) / workload.best,
      first: server.goodput(0, 1) / workload.best,
      p99: server.percentile(99, SETTLED),
      exhausted: server.machine.heap.exhausted,
    };
  });
  known.set(key, found);
  return found;
}

function mean(all: readonly Result[], of: 'kept' | 'first' | 'p99'): number {
  return all.reduce((sum, result) => sum + result[of], 0) / all.length;
}

const without: readonly {
  readonly claim: string;
  readonly off: readonly (keyof SchedulingOptions)[];
  readonly workload: WorkloadName;
  /** 4 unless given. */
  readonly load?: number;
  readonly worse: (off: readonly Result[], on: readonly Result[]) => boolean;
}[] = [
  {
    claim: 'without the gate for the processor late work loses a tenth or more, and is answered when its time is up',
    off: ['cpuGate'],
    workload: 'late cpu',
    load: 8,
    worse: (off, on) => mean(off, 'kept') < 0.9 * mean(on, 'kept') && mean(off, 'p99') > 1.6 * mean(on, 'p99'),
  },
  {
    claim: 'without the gate for the processor hogs take two thirds or more, for nothing',
    off: ['cpuGate'],
    workload: 'hogs',
    worse: (off, on) => 3 * mean(off, 'kept') < mean(on, 'kept'),
  },
  {
    claim: 'without the gate for stocks memory that is taken step by step loses three quarters',
    off: ['stockGate'],
    workload: 'growing memory',
    worse: (off, on) => mean(off, 'kept') < 0.25 * mean(on, 'kept'),
  },
  {
    claim: 'without the gate for stocks the p99 of who opens files grows threefold',
    off: ['stockGate'],
    workload: 'descriptors',
    worse: (off, on) => mean(off, 'p99') > 3 * mean(on, 'p99'),
  },
  {
    claim: 'without the gate for pools the p99 of who waits for one grows fivefold',
    off: ['poolGate'],
    workload: 'pool',
    worse: (off, on) => mean(off, 'p99') > 5 * mean(on, 'p99'),
  },
  {
    claim: 'without the local check memory runs out where all have taken a part and want more',
    off: ['localCheck'],
    workload: 'growing memory',
    load: 4,
    worse: (off, on) => off.some(({ exhausted }) => exhausted) && !on.some(({ exhausted }) => exhausted),
  },
  {
    claim: 'without the slow start the first second is lost to all who build at once',
    off: ['slowStart'],
    workload: 'blurred late memory',
    load: 8,
    worse: (off, on) => mean(off, 'first') < 0.25 * mean(on, 'first'),
  },
  {
    claim: 'without the slow start the first second loses a fifth to those who all hold five files and want five more',
    off: ['slowStart'],
    workload: 'descriptors',
    load: 8,
    worse: (off, on) => mean(off, 'first') < 0.8 * mean(on, 'first'),
  },
  {
    claim: 'without room in the heap the collector takes a twelfth of what memory could have been used for',
    off: ['heapRoom'],
    workload: 'memory',
    worse: (off, on) => mean(off, 'kept') < 0.92 * mean(on, 'kept'),
  },
  {
    claim: 'without the latency net a pool that nobody can see answers nothing in time',
    off: ['latencyNet'],
    workload: 'invisible pool',
    worse: (off, on) => mean(off, 'kept') < 0.05 * mean(on, 'kept'),
  },
  {
    claim: 'first in, first out makes the slowest of late work a quarter slower',
    off: ['lifo'],
    workload: 'late cpu',
    load: 8,
    worse: (off, on) => mean(off, 'p99') > 1.25 * mean(on, 'p99'),
  },
  {
    claim: 'with one queue for all late work loses a quarter: first steps wait behind last ones',
    off: ['perNodeQueues'],
    workload: 'late cpu',
    worse: (off, on) => mean(off, 'kept') < 0.75 * mean(on, 'kept'),
  },
  {
    claim: 'with one queue for all late memory loses a seventh',
    off: ['perNodeQueues'],
    workload: 'late memory',
    worse: (off, on) => mean(off, 'kept') < 0.86 * mean(on, 'kept'),
  },
];

for (const { claim, off, workload, load = 4, worse } of without)
  test(claim, (t) => {
    const [on, ablated] = [results(workload, load, []), results(workload, load, off)];
    t.true(worse(ablated, on), `off: ${JSON.stringify(ablated)}\non: ${JSON.stringify(on)}`);
  });

test('where nobody checks what fits, the back-stop cancels single fibers, whose clients are refused', (t) => {
  const workload: Workload = workloads['log-normal held memory'];
  const servers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) =>
    offer(workload, 2, { seed, seconds: 4, scheduling: { localCheck: false } }),
  );
  for (const { errors, governor, clients } of servers) {
    t.deepEqual(errors, []);
    const { refused } = clients.outcomes.get('memory')!;
    t.true(refused >= governor.backStop!.stopped);
  }
  const seed = 1 + servers.findIndex(({ governor }) => governor.backStop!.stopped > 0);
  t.true(seed > 0);
  const without = offer(workload, 2, { seed, seconds: 4, scheduling: { localCheck: false, backStop: false } });
  t.is(without.governor.backStop, null);
  t.is(without.runtime.snapshotNow().scheduling!.stopped, 0, 'switched off it cancels nobody');
});

test('equal tickets change no goodput by more than a tenth: they serve shares', (t) => {
  for (const name of ['late memory', 'held memory', 'descriptors', 'mixed'] as const) {
    const [on, off] = [mean(results(name, 4, []), 'kept'), mean(results(name, 4, ['tickets']), 'kept')];
    t.true(Math.abs(off - on) <= 0.1 * on, `${name}: ${off} instead of ${on}`);
  }
});

test('a switch that there is not, or one that is no switch, is refused with those that there are', (t) => {
  const make = (scheduling: object) => () => new Runtime({ scheduling });
  t.throws(make({ cpugate: false }), { instanceOf: ArgumentError, message: /any of cpuGate, .*, got `cpugate`/ });
  t.throws(make({ cpuGate: 'off' }), {
    instanceOf: ArgumentError,
    message: /`scheduling.cpuGate` to be true or false/,
  });
  t.notThrows(make({ cpuGate: false }));
});
