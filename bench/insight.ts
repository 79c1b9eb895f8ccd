import { sleep, spawn, yieldNow } from 'heddle';
import type { Benchmark, Subject } from './harness/benchmark.js';
import type { Context } from './harness/context.js';
import { echoLoad } from './harness/echo-load.js';
import { httpLoad } from './harness/http-load.js';
import { ServerProcess } from './harness/server-process.js';
import { cpuNanosecondsPerOperation, serverCpuPerRequest } from './metric.js';
import { runs } from './peers/heddle.js';

type Mode = keyof typeof runs;

/** A task that gives the others a turn, 1,000 of them. */
async function switching(mode: Mode, context: Context): Promise<number> {
  let turns = 0;
  let running = true;
  function* turn() {
    for (; running; turns++) yield* yieldNow();
  }
  return runs[mode](function* () {
    for (let left = 1000; left > 0; left--) yield* spawn(turn);
    yield* sleep(context.warmUp);
    const start = process.cpuUsage();
    const before = turns;
    yield* sleep(context.duration * 2);
    const { user, system } = process.cpuUsage(start);
    running = false;
    return ((user + system) * 1000) / (turns - before);
  });
}

/** A request to the server of another benchmark, on 100 connections. */
const requesting =
  (benchmark: 'echo' | 'http', load: typeof httpLoad) =>
  async (mode: Mode, context: Context): Promise<number> => {
    const server = await ServerProcess.start(benchmark, mode);
    const measured = await load(server, 100, context);
    server.stop();
    return measured[serverCpuPerRequest.name]! * 1000;
  };

const work = [
  { name: 'switch', measure: switching },
  { name: 'echo', measure: requesting('echo', echoLoad) },
  { name: 'http', measure: requesting('http', httpLoad) },
] as const;

const inMode =
  (mode: Mode): Subject =>
  (index, context) =>
    work[index]!.measure(mode, context);

/**
 * What it costs to know where fibers wait: processor time of one operation of `switch` (n=1000), `echo` and `http` (c=100, the server's), with
 * the recorder off, sampling, timing every run, and watched, and all of that for compiled programs.
 */
export const benchmark: Benchmark = {
  name: 'insight',
  operation: 'a switch among 1,000 tasks; a request to the servers of `echo` and `http` on one of 100 connections',
  metrics: [cpuNanosecondsPerOperation],
  // The size is an index: the three have nothing else in common.
  cases: [
    { name: 'switch', size: 0 },
    { name: 'echo', size: 1 },
    { name: 'http', size: 2 },
  ],
  subjects: {
    heddle: inMode('heddle'),
    'heddle-unrecorded': inMode('heddle-unrecorded'),
    'heddle-fifo': inMode('heddle-fifo'),
    'heddle-full': inMode('heddle-full'),
    'heddle-watched': inMode('heddle-watched'),
    'heddle-compiled': inMode('heddle-compiled'),
    'heddle-unrecorded-compiled': inMode('heddle-unrecorded-compiled'),
    'heddle-full-compiled': inMode('heddle-full-compiled'),
    'heddle-watched-compiled': inMode('heddle-watched-compiled'),
  },
};
