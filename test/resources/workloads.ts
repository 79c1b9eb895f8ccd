import { call, scope, semaphore, sleep, suspend, yieldNow, type Operation } from 'heddle';
import type { MachineOptions } from './simulated-machine.js';
import type { Job, RequestKind, SimulatedServer } from './simulated-server.js';

/** What clients ask for, and how much of it the simulated machine can do. */
export interface Workload extends MachineOptions {
  readonly kinds: () => readonly RequestKind[];
  /** Worth of good answers a second under overload, with the fixed limit and backlog that suit it best. */
  readonly best: number;
}

const PAUSES = {
  *first(ms: number): Operation<void> {
    yield* sleep(ms);
  },
  *second(ms: number): Operation<void> {
    yield* sleep(ms);
  },
};

/** Requests of one kind. */
function only(name: string, handler: RequestKind['handler']): () => readonly RequestKind[] {
  return () => [{ name, handler }];
}

function cpuFor(ms: number): () => readonly RequestKind[] {
  return only('cpu', function* handler(server) {
    server.work(ms);
  });
}

/** Builds 8 MB, or `factor` times as much, holds them for a while and uses them. */
function* buildAndHold(server: SimulatedServer, job: Job, factor: number = 1): Operation<void> {
  server.allocate(job, Math.round(8e6 * factor));
  server.work(9 * factor);
  yield* sleep(50);
  server.work(0.5);
}

function lognormal({ random }: SimulatedServer): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.exp(0.7 * normal - 0.245);
}

const light: RequestKind = {
  name: 'light',
  worth: 0.2,
  *handler(server) {
    server.work(0.2);
  },
};

/** A check of a load balancer, which keeps its connection. */
export const health: RequestKind = {
  name: 'health',
  everyMs: 1000,
  worth: 0,
  priority: 10,
  connected: true,
  *handler(server) {
    server.work(0.1);
  },
};

export const workloads = {
  cpu: { kinds: cpuFor(1), best: 889 },
  'cpu-small': { kinds: cpuFor(0.2), best: 3077 },
  'late cpu': {
    kinds: only('late', function* handler(server) {
      server.work(0.05);
      yield* sleep(200);
      server.work(5);
    }),
    best: 193,
  },
  /** As `late cpu`, in a fiber that a library's callback starts, as of one that runs a transaction around an async function. */
  'cpu of a callback': {
    kinds: only('late', function* handler(server) {
      server.work(0.05);
      yield* scope((own) =>
        suspend<void>((resume) => {
          server.machine.at(server.machine.now() + 100, () =>
            own.spawn(function* late() {
              yield* sleep(100);
              server.work(5);
              resume();
            }),
          );
        }),
      );
    }),
    best: 193,
  },
  memory: {
    kinds: only('memory', function* handler(server, job) {
      yield* buildAndHold(server, job);
    }),
    best: 84,
  },
  'log-normal memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* buildAndHold(server, job, lognormal(server));
    }),
    best: 81,
  },
  /** The two waits are two nodes of the graph, as in compiled code. */
  'late memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* call(PAUSES.first, 150);
      server.allocate(job, 8e6);
      server.work(9);
      yield* call(PAUSES.second, 50);
      server.work(0.5);
    }),
    best: 84,
  },
  /**
   * The two waits are one node of the graph, since nothing tells them apart, and so one queue: those who are done wait
   * behind those who begin to build, and with any fixed limit the collector eats a third of the processor.
   */
  'blurred late memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* sleep(150);
      yield* buildAndHold(server, job);
    }),
    best: 48,
  },
  /** Little to compute, and much to hold for long: the heap is full long before the processor is busy. */
  'held memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* call(PAUSES.first, 50);
      server.allocate(job, 8e6);
      server.work(1);
      yield* call(PAUSES.second, 200);
      server.work(0.5);
    }),
    best: 87,
  },
  'log-normal held memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* call(PAUSES.first, 50);
      server.allocate(job, Math.round(8e6 * lognormal(server)));
      server.work(1);
      yield* call(PAUSES.second, 200);
      server.work(0.5);
    }),
    best: 79,
  },
  /** To the graph a loop has no memory: who has built five parts is expected to build as many as who has built none. */
  'growing memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* call(PAUSES.first, 100);
      for (let i = 0; i < 6; i++) {
        server.allocate(job, 4e6);
        server.work(0.3);
        yield* call(PAUSES.second, 30);
      }
    }),
    best: 24,
  },
  'blurred held memory': {
    kinds: only('memory', function* handler(server, job) {
      yield* sleep(50);
      server.allocate(job, 8e6);
      server.work(1);
      yield* sleep(200);
      server.work(0.5);
    }),
    best: 81,
  },
  descriptors: {
    kinds: only('files', function* handler(server, job) {
      const open: (() => void)[] = [];
      try {
        for (let i = 0; i < 5; i++) open.push(yield* server.machine.openFile(job.fiber!));
        yield* sleep(10);
        for (let i = 0; i < 5; i++) open.push(yield* server.machine.openFile(job.fiber!));
        yield* sleep(20);
      } finally {
        for (const close of open) close();
      }
    }),
    best: 752,
    descriptorLimit: 256,
  },
  mixed: {
    kinds: () => [
      { ...light, weight: 0.9 },
      {
        name: 'heavy',
        weight: 0.1,
        worth: 9.5,
        *handler(server, job) {
          yield* buildAndHold(server, job);
        },
      },
    ],
    best: 768,
  },
  hogs: {
    kinds: () => [
      { ...light, weight: 0.95 },
      {
        name: 'hog',
        weight: 0.05,
        worth: 50,
        *handler(server) {
          for (let i = 0; i < 50; i++) {
            server.work(1);
            yield* yieldNow();
          }
        },
      },
    ],
    best: 940,
  },
  pool: {
    kinds: () => {
      const pool = semaphore(20, { name: 'pool' });
      return [
        {
          name: 'pool',
          *handler() {
            yield* pool.withPermit(sleep(10));
          },
        },
      ];
    },
    best: 1958,
  },
  'invisible pool': {
    kinds: only('pool', function* handler({ machine }) {
      yield* machine.remote(20, 10);
    }),
    best: 1992,
  },
  /** The four threads that read files are what is short: each call takes one of them for 8 ms. */
  threads: {
    kinds: only('threads', function* handler(server) {
      server.work(0.1);
      yield* server.machine.inThread(8);
    }),
    best: 500,
  },
  /** Threads that are never short, though their calls are seen to end only between long turns. */
  'cpu beside threads': {
    kinds: only('cpu beside threads', function* handler(server) {
      for (let call = 0; call < 5; call++) {
        server.work(0.2);
        yield* server.machine.inThread(0.05);
      }
    }),
    best: 889,
  },
} satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

/** Requests a second that are as much as it can do. */
export function peakOf(workload: Workload): number {
  const kinds = workload.kinds();
  const sum = (f: (kind: RequestKind) => number): number => kinds.reduce((total, kind) => total + f(kind), 0);
  return (workload.best * sum(({ weight = 1 }) => weight)) / sum(({ weight = 1, worth = 1 }) => weight * worth);
}
