import { run, Runtime, type Operation, type RunOptions } from 'heddle';
import type { SubjectName } from '../harness/subject-name.js';

/** With everything switched on: the blocking graph and the stride queue. */
export const recorded: RunOptions = {};

/** Every run of a fiber timed by itself, not one batch in 64. */
const full: RunOptions = { sampleEvery: 1 };

/** Without the graph, first in first out: what recording and stride cost is the difference. */
export const unrecorded: RunOptions = { recording: false, queue: 'fifo' };

/** `interval` is for those that are watched. */
type Run = <T>(f: () => Operation<T>, interval?: number) => Promise<T>;

const runWith =
  (options: RunOptions): Run =>
  (f) =>
    run(f, options);

/** How often the live page asks for a snapshot, in ms. */
export const watchInterval = 1000;

/** Does what the inspection server does for a live page, but for the socket. */
const runWatched: Run = (f, interval = watchInterval) => {
  const runtime = new Runtime(recorded);
  const watching = setInterval(() => void runtime.snapshot().then((snapshot) => JSON.stringify(snapshot)), interval);
  return runtime.run(f).finally(() => clearInterval(watching));
};

/**
 * The ways to run one program, from no insight to all there is. `heddle` counts every suspension by its place and takes
 * the time of a sample of the runs; `heddle-fifo` does the same without the stride queue; `heddle-full` times every run;
 * `heddle-watched` is looked at every second, or as often as it is told.
 */
export const runs = {
  heddle: runWith(recorded),
  'heddle-unrecorded': runWith(unrecorded),
  'heddle-fifo': runWith({ queue: 'fifo' }),
  'heddle-full': runWith(full),
  'heddle-watched': runWatched,
  'heddle-compiled': runWith(recorded),
  'heddle-unrecorded-compiled': runWith(unrecorded),
  'heddle-full-compiled': runWith(full),
  'heddle-watched-compiled': runWatched,
} satisfies Partial<Record<SubjectName, Run>>;
