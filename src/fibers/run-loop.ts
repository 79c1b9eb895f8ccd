import type { Clock } from '../base/clock.js';
import { FRACTION } from '../base/fraction.js';
import type { Random } from '../base/random.js';
import { Timers } from '../base/timers.js';
import type { AllocationMeter } from './allocation-meter.js';
import { asyncContext } from './async-context.js';
import { current } from './current.js';
import { DescriptorStock } from './descriptor-stock.js';
import type { Fiber } from './fiber.js';
import { begin, proceed, throwInto } from './drive.js';
import { explainForeignYield } from './foreign-yield.js';
import type { Entry, EntryOptions, Governor } from './governor.js';
import { PollBudget } from './poll-budget.js';
import { Population } from './population.js';
import type { ReadyList } from './ready-list.js';
import type { Recorder } from './recorder.js';
import type { RunQueue } from './run-queue.js';
import { isCall, linkSegment, unlinkSegment } from './segment.js';
import { SliceMeter } from './slice-meter.js';
import { isAstray, stopAside, straighten } from './straighten.js';
import type { Suspension } from './suspension.js';
import type { Timed } from './timed.js';
import { ThreadPool } from './thread-pool.js';
import { preempted } from './yield-now.js';

/** See `current`. */
const following = asyncContext;

/**
 * Drives fibers. Wake-ups only push to the run queue and make sure that a pass is scheduled; a pass takes batches until
 * nothing is ready or the time slice is over, then returns to the event loop.
 */
export class RunLoop {
  readonly clock: Clock;
  readonly queue: RunQueue;
  readonly recorder: Recorder | null;
  readonly random: Random;
  readonly meter: SliceMeter;
  /** How long a pass may run before the event loop gets a turn, in ms. Constant, since overruns are counted against it. */
  readonly sliceMs: number;
  /**
   * The time of the last clock reading, at most a batch old while fibers run. Not a number at first, so that V8 keeps it boxed:
   * everything that suspends in one batch then shares one box instead of allocating its own.
   */
  now: number = undefined as unknown as number;
  /** How many more operations the running fiber may complete without parking before it has to give way. */
  credit: number = 0;
  /** When the slice of the pass is over. */
  sliceEnd: number = FRACTION;
  passes: number = 0;
  spawned: number = 0;
  ended: number = 0;
  /** All live fibers. */
  readonly population: Population = new Population();
  readonly descriptors: DescriptorStock = new DescriptorStock();
  readonly threadPool: ThreadPool = new ThreadPool();
  /** Null until there is something to govern. */
  governor: Governor | null = null;
  makeGovernor: (() => Governor) | null = null;
  allocation: AllocationMeter | null = null;
  private readonly pollBudget: PollBudget = new PollBudget();
  private readonly timers: Timers<Timed> = new Timers();
  private alarmAt: number = Infinity;
  private passing: boolean = false;
  /** A pass will come once events that are already pending have been delivered. */
  private deferred: boolean = false;
  private readonly onTurn = (): void => {
    this.deferred = false;
    const { governor } = this;
    this.pollBudget.renew(governor === null ? 0 : governor.pollMs);
    const now = this.meter.start();
    if (governor !== null && governor.passesBy(now)) this.requestPass();
    else if (governor !== null && governor.pollsRarely) this.passOften(now);
    else this.pass(now);
  };
  /** A while after the last pass the event loop has had its turn: what is due runs now. Right after one, events go first. */
  private readonly onAlarm = (): void => {
    this.alarmAt = Infinity;
    if (!this.deferred && this.clock.now() - this.now >= REST_MS) this.onTurn();
    else this.requestPass();
  };

  constructor(options: Pick<RunLoop, 'clock' | 'queue' | 'recorder' | 'random' | 'sliceMs'> & { sampleEvery: number }) {
    this.clock = options.clock;
    this.queue = options.queue;
    this.recorder = options.recorder;
    this.random = options.random;
    this.sliceMs = options.sliceMs;
    this.now = options.clock.now();
    this.meter = new SliceMeter(this.clock, this.queue, this.recorder !== null, options.sampleEvery, this.sliceMs);
  }

  /** A fiber that waited since `since` is ready. */
  wake(fiber: Fiber, since: number): void {
    if (!this.passing) this.now = this.clock.now();
    if (this.recorder !== null) this.recorder.woken(fiber, this.now - since);
    this.queue.push(fiber);
    if (!this.passing) this.requestPass();
  }

  /** A new fiber, of function `body`, is ready. */
  start(fiber: Fiber, body: Function): void {
    this.spawned++;
    if (following.capture !== null) fiber.more().context = following.capture();
    if (this.recorder !== null) this.recorder.spawned(fiber, body);
    this.queue.push(fiber);
    if (!this.passing) this.requestPass();
  }

  /** Fibers that the queue had held back are ready again. */
  readied(): void {
    if (!this.passing) this.requestPass();
  }

  /** Opens an entry for work; null without a governor, and then everything may begin at once. */
  openEntry(options: EntryOptions): Entry | null {
    if (this.governor === null && this.makeGovernor !== null) this.governor = this.makeGovernor();
    return this.governor?.open(options) ?? null;
  }

  /** Calls `timeUp` on `target` at `at`, in ms of the clock, unless it is unset before. */
  setTimer(target: Timed, at: number): void {
    this.timers.set(target, at);
    if (!this.passing) this.setAlarm();
  }

  unsetTimer(target: Timed): void {
    this.timers.unset(target);
  }

  /** For sources of events, at the end of their callback: many ready fibers run now, not after all events of this poll. */
  runIfCrowded(): void {
    if (this.queue.size < CROWD || this.passing || !this.pollBudget.allows(this.clock.now())) return;
    this.passOften(this.meter.start());
  }

  /** Until nothing is ready or the time between two polls for events is used up. */
  private passOften(began: number): void {
    const { queue, pollBudget, governor } = this;
    this.pass(began);
    while (pollBudget.spend(this.now - began, this.now, queue.size, governor !== null)) {
      began = this.meter.start();
      this.pass(began);
    }
  }

  private pass(now: number): void {
    const { queue, meter } = this;
    this.now = now;
    this.passing = true;
    this.passes++;
    const end = (this.sliceEnd = this.now + this.sliceMs);
    while (this.timers.nextAt <= this.now) this.timers.pop()!.timeUp();
    // Batches are counted too: in virtual time only their number ends a slice of fibers that always give way.
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const list = queue.take();
      if (list === null) break;
      meter.before(list);
      const measured = this.allocation !== null && this.allocation.due(list);
      const count = measured || meter.sampleDue() ? this.runSample(list, measured) : this.runBatch(list, end);
      queue.put(list, count);
      this.now = meter.after(list, count);
      if (this.now >= end) break;
    }
    this.now = meter.stop();
    current.fiber = null;
    current.chain = null;
    if (this.governor !== null) this.governor.passed(this.now);
    this.passing = false;
    if (queue.size > 0) this.requestPass();
    this.setAlarm();
  }

  private runBatch(list: ReadyList, end: number): number {
    const count = list.size === 1 ? 1 : Math.min(list.size, this.meter.batchLimit(list, end, this.governor !== null));
    for (let i = 0; i < count; i++) {
      if (following.capture === null) this.step(list.shift(), CREDIT);
      else this.runInContext(list.shift());
    }
    return count;
  }

  /** Runs one fiber and times it alone; `measured` if what it allocates is to be measured too. */
  private runSample(list: ReadyList, measured: boolean): number {
    const fiber = list.shift();
    const from = fiber.node;
    const { allocation, recorder } = this;
    let began = this.meter.read();
    if (measured) {
      allocation!.begin();
      began = this.clock.now();
    }
    if (following.capture === null) this.step(fiber, CREDIT);
    else this.runInContext(fiber);
    if (recorder === null || from === null) return 1;
    recorder.sampled(fiber, from, this.clock.now() - began);
    if (measured) {
      allocation!.end();
      list.measuredRuns++;
      recorder.allocated(fiber, from, allocation!.heapBytes, allocation!.externalBytes);
      this.governor?.allocated(fiber, from, allocation!.heapBytes);
    }
    return 1;
  }

  /** In steps: a fiber that enters another async context returns from `step` without having suspended. */
  private runInContext(fiber: Fiber): void {
    this.credit = CREDIT;
    do {
      const { context } = fiber;
      if (context === null) this.step(fiber, this.credit);
      else context.run(this, fiber);
    } while (fiber.isRunning);
  }

  /** Runs one fiber until it suspends or ends. Called from outside only by the fiber's async context. */
  step(fiber: Fiber, credit: number): void {
    fiber.enter();
    this.credit = credit;
    let fresh = fiber.suspension === null && !stopAside(fiber);
    let misuse: unknown = null;
    let misuses = 0;
    for (;;) {
      let result: ReturnType<typeof begin> | null = null;
      let done: boolean;
      let outcome: unknown;
      try {
        if (fresh) result = begin(fiber.generator);
        else result = misuse === null ? proceed(fiber.generator) : throwInto(fiber.generator, misuse);
        if (result === fiber.suspension) return;
        // Read once, and inside `try`: a foreign iterator's result comes through `yield*` as it is, and reading it may throw.
        done = result.done === true;
        if (done) outcome = result.value;
        misuse = done || isCall(result) ? null : explainForeignYield(result.value);
        if (misuse !== null && ++misuses >= MISUSES_IN_A_RUN) throw misuse;
      } catch (error) {
        fresh = false;
        // What was yielded is to blame, so that `yield` throws. A segment that repeats it too often is abandoned.
        if (result !== null && ++misuses < MISUSES_IN_A_RUN) {
          misuse = error ?? undefined;
          continue;
        }
        if (isAstray(fiber)) return straighten(fiber, error);
        if (fiber.frame === null) return this.finish(fiber, true, error);
        unlinkSegment(fiber, true, error);
        misuse = null;
        continue;
      }
      fresh = false;
      if (done) {
        if (isAstray(fiber)) return straighten(fiber);
        if (fiber.frame === null) return this.finish(fiber, false, outcome);
        unlinkSegment(fiber, false, outcome);
      } else if (misuse === null) {
        fresh = linkSegment(fiber, result as Suspension);
        if (--this.credit <= 0 && this.setAside(fiber, fresh)) return;
      }
    }
  }

  /** The fiber has linked many segments without suspending: if the slice is over, others run before the newest one begins. */
  private setAside(fiber: Fiber, fresh: boolean): boolean {
    this.credit = CREDIT;
    if (!fresh || this.clock.now() < this.sliceEnd) return false;
    fiber.setAside(preempted.label);
    return true;
  }

  private finish(fiber: Fiber, failed: boolean, outcome: unknown): void {
    this.ended++;
    fiber.end(failed, outcome);
  }

  private requestPass(): void {
    if (this.deferred) return;
    this.deferred = true;
    this.clock.defer(this.onTurn);
  }

  /** One that is too early is kept: an empty pass costs less than moving it. Without timers it would keep the process alive. */
  private setAlarm(): void {
    const at = this.timers.nextAt;
    if (at === this.alarmAt || (at > this.alarmAt && at !== Infinity)) return;
    this.alarmAt = at;
    this.clock.alarm(at, this.onAlarm);
  }
}

/** More than fit into a slice of real time. */
const MOST_BATCHES = 10_000;
/** Ready fibers: enough for the scheduler to choose among, few enough for their requests to stay in the young generation. */
const CROWD = 16;
/** An alarm that goes off this long after the last pass begins a pass itself. */
const REST_MS = 0.5;
/** Tens of microseconds. Otherwise a producer into a buffered channel might never suspend; tokio has a similar budget. */
const CREDIT = 512;
const MISUSES_IN_A_RUN = 100;
