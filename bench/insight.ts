import { sleep, spawn, yieldNow } from 'heddle';
import type { Benchmark, Case, Subject } from './harness/benchmark.js';
import type { Context } from './harness/context.js';
import { echoLoad } from './harness/echo-load.js';
import { httpLoad } from './harness/http-load.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { cpuNanosecondsPerOperation, serverCpuPerRequest } from './metric.js';
import { watchWaiting } from './peers/async-hooks.js';
import { runs, watchInterval } from './peers/heddle.js';

type Mode = keyof typeof runs;

const tasks = 1000;

/** A task that gives the others a turn, 1,000 of them. */
async function switchingFibers(mode: Mode, context: Context): Promise<number> {
  let turns = 0;
  let running = true;
  const measured = context.duration * 2;
  // A quick look is over before the first second is.
  const interval = Math.min(watchInterval, measured);
  function* turn() {
    for (; running; turns++) yield* yieldNow();
  }
  return runs[mode](function* () {
    for (let left = tasks; left > 0; left--) yield* spawn(turn);
    yield* sleep(context.warmUp);
    const start = process.cpuUsage();
    const before = turns;
    yield* sleep(measured);
    const { user, system } = process.cpuUsage(start);
    running = false;
    return ((user + system) * 1000) / (turns - before);
  }, interval);
}

/**
 * The same among tasks that nobody schedules by time: a timer would wait for ever
 * behind them, and so they look at the clock themselves.
 *
 * @param runAll runs 1,000 tasks that give the others a turn for as long as `turn` answers `true`.
 */
async function switchingAmong(context: Context, runAll: (turn: () => boolean) => Promise<unknown>): Promise<number> {
  let turns = 0;
  const round = (): Promise<unknown> => {
    const lap = context.lap(2 * tasks);
    turns = 0;
    return runAll(() => {
      turns++;
      return lap.tick();
    });
  };
  await round();
  const start = process.cpuUsage();
  await round();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / turns;
}

const switchingByAwait = (context: Context): Promise<number> =>
  switchingAmong(context, (turn) => {
    async function turns() {
      while (turn()) await undefined;
    }
    return Promise.all(Array.from({ length: tasks }, turns));
  });

const switchingPeers: Partial<Record<SubjectName, (context: Context) => Promise<number>>> = {
  await: switchingByAwait,
  async_hooks(context) {
    watchWaiting();
    return switchingByAwait(context);
  },
  async effect(context) {
    const { Effect } = await import('effect');
    return switchingAmong(context, (turn) => {
      const turns = Effect.gen(function* () {
        while (turn()) yield* Effect.yieldNow;
      });
      const all = Array.from({ length: tasks }, () => turns);
      return Effect.runPromise(Effect.all(all, { concurrency: 'unbounded', discard: true }));
    });
  },
};

type Measure = (subject: SubjectName, context: Context) => Promise<number>;

const switching: Measure = (subject, context) =>
  isMode(subject) ? switchingFibers(subject, context) : switchingPeers[subject]!(context);

/** A request to the server of another benchmark, on 100 connections. */
const requesting =
  (benchmark: 'echo' | 'http', load: typeof httpLoad): Measure =>
  async (subject, context) => {
    const server = await ServerProcess.start(benchmark, subject);
    const measured = await load(server, 100, context);
    server.stop();
    return measured[serverCpuPerRequest.name]! * 1000;
  };

/** The peers do the same and know nothing of it; only `async_hooks` has Node tell all that begins and ends. */
const work: readonly (Omit<Case, 'size'> & { readonly measure: Measure; readonly peers: readonly SubjectName[] })[] = [
  { name: 'switch', measure: switching, peers: ['await', 'async_hooks', 'effect'] },
  { name: 'echo', measure: requesting('echo', echoLoad), peers: ['net', 'await', 'async_hooks', 'go'] },
  {
    name: 'http',
    measure: requesting('http', httpLoad),
    peers: ['node:http', 'async_hooks', 'go', 'pthreads'],
    // A dozen servers do not fit into a minute twice.
    quick: false,
  },
];

const isMode = (subject: SubjectName): subject is Mode => subject in runs;
const subjects = [...(Object.keys(runs) as Mode[]), ...work.flatMap(({ peers }) => peers)];

/**
 * What it costs to know where fibers wait: processor time of one operation of `switch` (n=1000), `echo` and `http` (c=100, the
 * server's), with the recorder off, sampling, timing every run, and watched, and all of that for compiled programs. Beside it
 * those who have no recorder, and what Node has for the purpose.
 */
export const benchmark: Benchmark = {
  name: 'insight',
  operation: 'a switch among 1,000 tasks; a request to the servers of `echo` and `http` on one of 100 connections',
  metrics: [cpuNanosecondsPerOperation],
  // The size is an index: the three have nothing else in common.
  cases: work.map(({ name, quick = true }, size): Case => ({ name, size, quick })) as [Case, ...Case[]],
  takesPart: (subject, index) => isMode(subject) || work[index]!.peers.includes(subject),
  subjects: Object.fromEntries(
    subjects.map((name): [SubjectName, Subject] => [name, (index, context) => work[index]!.measure(name, context)]),
  ),
};
