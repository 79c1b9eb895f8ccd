import test from 'ava';
import { sleep, call, semaphore, yieldNow } from 'heddle';
import { SimulatedServer, type RequestKind, type Simulation } from './simulated-server.js';

function simulate(options: Omit<Simulation, 'seconds'> & { readonly seconds?: number }): SimulatedServer {
  return new SimulatedServer({ seconds: 8, ...options }).run();
}
const cpu: RequestKind = {
  name: 'cpu',
  *handler(server) {
    server.work(1);
  },
};
const late: RequestKind = {
  name: 'late',
  *handler(s) {
    s.work(0.05);
    yield* sleep(200);
    s.work(5);
  },
};
const mem: RequestKind = {
  name: 'mem',
  *handler(s, j) {
    s.allocate(j, 8e6);
    s.work(9);
    yield* sleep(50);
    s.work(0.5);
  },
};
const latemem: RequestKind = {
  name: 'latemem',
  *handler(s, j) {
    yield* sleep(150);
    s.allocate(j, 8e6);
    s.work(9);
    yield* sleep(50);
    s.work(0.5);
  },
};
const lightmem: RequestKind = {
  name: 'lightmem',
  *handler(s, j) {
    yield* sleep(50);
    s.allocate(j, 8e6);
    s.work(1);
    yield* sleep(200);
    s.work(0.5);
  },
};
const lognormal: RequestKind = {
  name: 'lognormal',
  *handler(s, j) {
    const u = s.random.next(),
      v = s.random.next();
    const z = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
    const f = Math.exp(0.7 * z - 0.245);
    s.allocate(j, 8e6 * f);
    s.work(9 * f);
    yield* sleep(50);
    s.work(0.5);
  },
};
const desc: RequestKind = {
  name: 'desc',
  *handler(s, j) {
    const fs = [];
    try {
      for (let i = 0; i < 5; i++) fs.push(yield* s.openFile(j.fiber!));
      yield* sleep(10);
      for (let i = 0; i < 5; i++) fs.push(yield* s.openFile(j.fiber!));
      yield* sleep(20);
    } finally {
      for (const f of fs) f();
    }
  },
};
const light: RequestKind = {
  name: 'light',
  weight: 9,
  *handler(s) {
    s.work(0.2);
  },
};
const heavy: RequestKind = { ...mem, name: 'heavy', weight: 1 };
const hog: RequestKind = {
  name: 'hog',
  weight: 0.05,
  *handler(s) {
    for (let i = 0; i < 50; i++) {
      s.work(1);
      yield* yieldNow();
    }
  },
};
const lite: RequestKind = {
  name: 'light',
  weight: 0.95,
  *handler(s) {
    s.work(0.2);
  },
};
const first = function* first(ms: number) {
  yield* sleep(ms);
};
const second = function* second(ms: number) {
  yield* sleep(ms);
};
const latememC: RequestKind = {
  name: 'latememC',
  *handler(s, j) {
    yield* call(first, 150);
    s.allocate(j, 8e6);
    s.work(9);
    yield* call(second, 50);
    s.work(0.5);
  },
};
const lightmemC: RequestKind = {
  name: 'lightmemC',
  *handler(s, j) {
    yield* call(first, 50);
    s.allocate(j, 8e6);
    s.work(1);
    yield* call(second, 200);
    s.work(0.5);
  },
};
const S: Record<string, [RequestKind[] | (() => RequestKind[]), number, Partial<Simulation>]> = {
  cpu: [[cpu], 890, {}],
  late: [[late], 190, {}],
  mem: [[mem], 80, {}],
  latemem: [[latemem], 75, {}],
  lightmem: [[lightmem], 80, {}],
  latememC: [[latememC], 75, {}],
  lightmemC: [[lightmemC], 80, {}],
  lognormal: [[lognormal], 75, {}],
  desc: [[desc], 500, { descriptorLimit: 256 }],
  mixed: [[light, heavy], 770, {}],
  hogs: [[lite, hog], 350, {}],
  pool: [
    () => {
      const p = semaphore(20, { name: 'pool' });
      return [
        {
          name: 'pool',
          *handler() {
            yield* p.withPermit(sleep(10));
          },
        },
      ];
    },
    1900,
    {},
  ],
  invisible: [
    () => {
      const p = semaphore(20);
      let n = 0;
      void p;
      const q: (() => void)[] = [];
      return [
        {
          name: 'invisible',
          *handler(s) {
            const wait = n++;
            void wait;
            yield* s.remote(20, 10);
            void q;
          },
        },
      ];
    },
    1900,
    {},
  ],
};
for (const [name, [kinds, peak, more]] of Object.entries(S))
  test(name, (t) => {
    for (const load of (process.env.LOADS ?? '0.5,0.9,2,8').split(',').map(Number)) {
      const run = (extra: Partial<Simulation>) =>
        simulate({ kinds: typeof kinds === 'function' ? kinds() : kinds, rate: peak * load, ...more, ...extra });
      const t0 = performance.now();
      const s = run({});
      const ms = performance.now() - t0;
      let best: SimulatedServer | null = null;
      let bl = '';
      if (!process.env.NOSTATIC && load >= 1)
        for (const limit of [2, 4, 8, 16, 24, 32, 64, 128])
          for (const backlog of [16, 64]) {
            const r = run({ limit, backlog });
            if (r.crashedAt === null && (best === null || r.goodput(3, 8) > best.goodput(3, 8))) {
              best = r;
              bl = limit + ':' + backlog;
            }
          }
      t.log(
        load,
        (s.goodput(3, 8) / peak).toFixed(2),
        best && (best.goodput(3, 8) / peak).toFixed(2) + ' ' + bl + ' p99 ' + best.percentile(99).toFixed(0),
        [...s.outcomes]
          .map(
            ([k, { latencies, ...o }]) =>
              k + ' ' + s.percentile(50, k).toFixed(0) + ' ' + s.percentile(99, k).toFixed(0) + ' ' + JSON.stringify(o),
          )
          .join('; '),
        s.crashedAt,
        s.errors,
        ms.toFixed(0) + 'ms',
      );
    }
    t.pass();
  });
