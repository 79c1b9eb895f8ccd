import { SystemClock, type Clock } from './base/clock.js';
import { checkDuration, checkFunction, checkInteger, checkOptions, checkSignal, expected } from './base/check.js';
import { DeadlockError, MisuseError } from './base/errors.js';
import { checkKnown, type Known } from './base/known-options.js';
import { printAs } from './base/print-as.js';
import { Random } from './base/random.js';
import { textOf } from './base/text-of.js';
import { FlowGraph } from './blocking-graph/flow-graph.js';
import { GraphRecorder } from './blocking-graph/graph-recorder.js';
import type { Snapshot } from './blocking-graph/snapshot.js';
import { takeSnapshot, takeSnapshotNow, type SnapshotSource } from './blocking-graph/take-snapshot.js';
import { renderText } from './blocking-graph/render/text.js';
import { asFiber } from './fibers/as-fiber.js';
import { current } from './fibers/current.js';
import { FifoRunQueue } from './fibers/fifo-run-queue.js';
import { onAbort } from './fibers/on-abort.js';
import type { Operation } from './fibers/operation.js';
import { ReadyList } from './fibers/ready-list.js';
import { RunLoop } from './fibers/run-loop.js';
import type { RunQueue } from './fibers/run-queue.js';
import { PLAIN, Scope, type ScopeHandle } from './fibers/scope.js';
import { runCleanups, runScope } from './fibers/with-scope.js';
import { call } from './fibers/segment.js';
import { suspend } from './fibers/suspend.js';
import type { Machine } from './resources/machine.js';
import { processUsage } from './resources/process-usage.js';
import { ResourceGovernor } from './resources/resource-governor.js';
import { SchedulingReader } from './resources/scheduling-snapshot.js';
import { SampledAllocation } from './resources/sampled-allocation.js';
import { switchesOf, type SchedulingOptions, type SchedulingSwitches } from './resources/scheduling-options.js';
import { SystemHeap } from './resources/system-heap.js';
import { systemMachine } from './resources/system-machine.js';
import { ResourceSteering } from './stride/resource-steering.js';
import { StrideList, StrideRunQueue } from './stride/stride-run-queue.js';
import { processInfo } from './process-info.js';

export interface RuntimeOptions {
  /** Whether the blocking graph is learned; true unless given. */
  readonly recording?: boolean;
  /**
   * One batch in so many is a single run of a fiber, timed by itself for its edge of the graph; 64 unless given. At 1 every run
   * is timed, which costs each switch two more clock readings. Everything else is counted without sampling.
   */
  readonly sampleEvery?: number;
  /**
   * In which order ready fibers run; `stride` unless given. Stride needs recording; without recording the default is `fifo`.
   */
  readonly queue?: 'stride' | 'fifo' | RunQueue;
  /** How long fibers may run before the event loop gets a turn, in ms; 2 unless given. */
  readonly sliceMs?: number;
  /** Time and the event loop; the system's unless given. */
  readonly clock?: Clock;
  /** Seed for the choices that are made at random: an integer from 0 to 2^32 - 1; 1 unless given. */
  readonly seed?: number;
  /** Switches off parts of scheduling by resources; see `docs/scheduling.md`. */
  readonly scheduling?: SchedulingOptions;
  /** What the program runs on; this process unless given. */
  readonly machine?: Machine;
}

export interface RunOptions extends RuntimeOptions {
  /** Cancels the run when it is aborted. If it is aborted already, nothing is begun. */
  readonly signal?: AbortSignal;
}

export const RUNTIME_OPTIONS: Known<RuntimeOptions> = {
  recording: true,
  sampleEvery: true,
  queue: true,
  sliceMs: true,
  clock: true,
  seed: true,
  scheduling: true,
  machine: true,
};

/**
 * Where the parts meet: a run loop, its queue, its graph and its clock. No fiber, scope or count lives outside a runtime, so
 * several run in one process without knowing of each other. What belongs to the process is shared: the registers of `current`,
 * the async contexts that are followed, listeners to abort signals and to `beforeExit`, and what is known of the source.
 */
export class Runtime {
  readonly loop: RunLoop;
  readonly #graph: GraphRecorder | null;
  readonly #since: number;

  constructor(options: RuntimeOptions = {}) {
    checkKnown('Runtime', options, RUNTIME_OPTIONS);
    const { recording = true, sampleEvery = 64, sliceMs = 2, seed = 1, clock = new SystemClock() } = options;
    checkDuration('sliceMs', sliceMs);
    if (typeof clock?.now !== 'function') throw expected('clock', 'a Clock', clock);
    checkInteger('seed', seed, 0, 2 ** 32 - 1);
    checkInteger('sampleEvery', sampleEvery, 1);
    const on = switchesOf(options.scheduling);
    const order = options.queue ?? (recording && on.perNodeQueues ? 'stride' : 'fifo');
    const queue = makeQueue(order, recording, () => this.loop.readied());
    this.#graph = recording
      ? new GraphRecorder(queue instanceof StrideRunQueue ? () => new StrideList() : () => new ReadyList())
      : null;
    const random = new Random(seed);
    this.loop = new RunLoop({ clock, queue, recorder: this.#graph, random, sliceMs, sampleEvery });
    this.#since = clock.now();
    this.loop.makeGovernor = () => this.#govern(on, options.machine ?? null);
  }

  /** Called for the first entry, so that programs without one do not pay for it. */
  #govern(on: SchedulingSwitches, machine: Machine | null): ResourceGovernor {
    const { loop } = this;
    const heap = machine?.heap ?? new SystemHeap();
    const graph = this.#graph === null ? null : new FlowGraph(this.#graph);
    const steering =
      graph !== null && loop.queue instanceof StrideRunQueue ? new ResourceSteering(loop.queue, on) : null;
    if (graph !== null) loop.allocation = new SampledAllocation(loop.clock, heap);
    return new ResourceGovernor(loop, graph, machine ?? systemMachine(heap), on, steering);
  }

  /**
   * Runs `f()` as the first fiber of a new root scope; settles once every fiber of that scope has ended.
   *
   * @param options.signal cancels it when it is aborted. If it is aborted already, nothing is begun.
   * @returns a promise of its result; rejected with what failed, with `CancelledError` after a cancellation, or with
   * `DeadlockError` when nothing can ever wake it.
   * @throws `MisuseError` inside of a fiber; `ArgumentError`.
   */
  run<T>(f: () => Operation<T>, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
    return this.start(f, options).result;
  }

  /** As `run`; returns the root scope, too. */
  start<T>(
    f: () => Operation<T>,
    options: { readonly signal?: AbortSignal } = {},
  ): { root: ScopeHandle; result: Promise<T> } {
    checkFunction('f', f);
    checkOptions(options);
    const { signal } = options;
    if (signal !== undefined) checkSignal(signal);
    if (current.fiber !== null)
      throw new MisuseError(
        '`run` inside of a fiber: there is a runtime already. Write `yield* f()`, or `yield* spawn(f)`',
      );
    const root = new Scope(this.loop, null, null, PLAIN);
    const result = new Promise<T>((resolve, reject) => {
      const stopListening =
        signal === undefined ? undefined : onAbort(signal, () => root.cancel(`aborted: ${textOf(signal.reason)}`));
      const fiber = root.startMember(f, signal?.aborted === true ? neverBegun() : rootOperation(f), false);
      const stopWatching = this.#watch(root, (error) => {
        stopListening?.();
        reject(error);
      });
      closeRoot(root, () => {
        stopWatching();
        stopListening?.();
        try {
          root.end();
        } catch (error) {
          return reject(error);
        }
        if (fiber.status === 'succeeded') resolve(fiber.outcome as T);
        else reject(fiber.outcome);
      });
    });
    return { root, result };
  }

  /** The blocking graph and the scheduler's state. Does not stop the program while it is taken. */
  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.#source());
  }

  /** As `snapshot`, at once: stops the program for as long as it takes. */
  snapshotNow(): Snapshot {
    return takeSnapshotNow(this.#source());
  }

  #source(): SnapshotSource {
    const { governor } = this.loop;
    return {
      loop: this.loop,
      graph: this.#graph,
      process: processInfo(),
      // In virtual time the usage of the process would only make runs differ.
      usage: () => (this.loop.clock instanceof SystemClock ? processUsage() : null),
      since: this.#since,
      shareOf: (node) => (node.ready instanceof StrideList && node.ready.tickets > 0 ? node.ready : null),
      scheduling: governor instanceof ResourceGovernor ? new SchedulingReader(governor, this.loop, this.#since) : null,
    };
  }

  /**
   * Stops the run of `root` once nothing can wake it any more, and gives it up if that happens again. Returns how to end
   * this.
   */
  #watch(root: Scope, giveUp: (error: DeadlockError) => void): () => void {
    let stop = (): void => {};
    const watch = (): void => {
      stop = this.loop.clock.onExhausted(() => {
        const error = this.#deadlock();
        if (root.isCancelled) return giveUp(error);
        watch();
        // Its fibers are stopped in order. If they then wait again, nothing more can be done.
        root.fail(-1, error);
      });
    };
    watch();
    return () => stop();
  }

  #deadlock(): DeadlockError {
    const snapshot = this.snapshotNow();
    const { live } = snapshot.fibers;
    const message = `Nothing can wake the program any more, but ${live === 1 ? '1 fiber waits' : `${live} fibers wait`}`;
    return new DeadlockError(message, renderText(snapshot, {}));
  }
}

printAs(Runtime, 'Runtime', ({ loop }) => ({ fibers: loop.spawned - loop.ended }));

/**
 * Runs `f()` in a new runtime, inside any program.
 *
 * @returns a promise of its result, rejected as that of `Runtime.run`.
 * @throws `MisuseError` inside of a fiber; `ArgumentError`.
 * @example
 * const answer = await run(function* () {
 *   yield* sleep(10);
 *   return 42;
 * });
 */
export function run<T>(f: () => Operation<T>, options: RunOptions = {}): Promise<T> {
  checkKnown('run', options, { ...RUNTIME_OPTIONS, signal: true });
  const { signal, ...own } = options;
  return new Runtime(own).run(f, signal === undefined ? {} : { signal });
}

/** In a cancelled scope this ends where it begins. */
function neverBegun(): Operation<never> {
  return suspend();
}

/** The body of a root fiber: a scope of its own, so that what it opens and defers is closed before the run is over. */
function* rootOperation<T>(f: () => Operation<T>): Operation<T> {
  // In a segment of its own, so that the program does not pay for these two generators at every resume.
  const end = yield* runScope(() => call(f), PLAIN);
  return end.result();
}

/** Calls `onClosed` once `root` has no members and its cleanups have been run: by a new member, since no fiber has it open. */
function closeRoot(root: Scope, onClosed: () => void): void {
  root.close(() => {
    if (!root.hasCleanups) return onClosed();
    asFiber(null, () => root.startMember(runCleanups, runCleanups(root), false));
    closeRoot(root, onClosed);
  });
}

function makeQueue(queue: 'stride' | 'fifo' | RunQueue, recording: boolean, onReleased: () => void): RunQueue {
  if (queue === 'fifo') return new FifoRunQueue();
  if (queue !== 'stride') {
    if (typeof queue?.take === 'function') return queue;
    throw expected('queue', "'stride', 'fifo' or a RunQueue", queue);
  }
  if (!recording) throw expected('queue', "'fifo' when nothing is recorded: stride needs the blocking graph", queue);
  return new StrideRunQueue(onReleased);
}
