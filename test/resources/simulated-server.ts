import { Runtime, type Operation } from 'heddle';
import type { Clock } from 'heddle/lowlevel';
import { Random } from '#src/base/random.js';
import { Work, type Admitted, type Entry, type Refusal } from '#src/fibers/governor.js';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Scope } from '#src/fibers/scope.js';
import { suspend } from '#src/fibers/suspend.js';
import type { Heap, Machine } from '#src/resources/machine.js';
import type { SchedulingOptions } from '#src/resources/scheduling-options.js';

/** What a request does, and how often it comes. */
export interface RequestKind {
  readonly name: string;
  /** Of all requests; 1 unless given. */
  readonly weight?: number;
  readonly priority?: number;
  readonly handler: (server: SimulatedServer, job: Job) => Operation<void>;
}

export interface Simulation {
  readonly kinds: readonly RequestKind[];
  /** Requests a second, which may change with time in ms. */
  readonly rate: number | ((at: number) => number);
  readonly seconds: number;
  readonly seed?: number;
  readonly goal?: number;
  readonly backlog?: number;
  readonly heapLimit?: number;
  readonly descriptorLimit?: number;
  readonly scheduling?: SchedulingOptions;
  /** Instead of a governor: as many begin at once, and the others are refused. */
  readonly limit?: number;
}

export interface Outcome {
  offered: number;
  good: number;
  late: number;
  refused: number;
  dropped: number;
  failed: number;
  /** Latencies of the good ones, in ms, ascending. */
  latencies: number[];
}

/**
 * A server in virtual time: one processor, on which everything takes time, a heap with a collector, a limit of
 * descriptors, a kernel that keeps a few connections and drops the rest, and Poisson clients that give up at their
 * deadline. The runtime on it is the real one; it sees a clock and a machine.
 *
 * One turn of the outside world is as in Node: timers, then what has arrived (one connection accepted), then a pass.
 */
export class SimulatedServer implements Clock, Machine, Heap {
  readonly runtime: Runtime;
  readonly outcomes: Map<string, Outcome> = new Map();
  /** Good answers in each tenth of a second. */
  readonly goodByTenth: number[] = [];
  /** When memory ran out, in ms; null if it did not. */
  crashedAt: number | null = null;
  errors: number = 0;
  readonly random: Random;
  // Heap.
  readonly limit: number;
  readonly externalLimit: number = Infinity;
  externalUsed: number = 0;
  externalAllocated: number = 0;
  allocated: number = 0;
  majors: number = 0;
  liveAfterMajor: number = BASE_BYTES;
  private held: number = 0;
  private garbage: number = 0;
  // Descriptors.
  private open: number = 0;
  private readonly options: Simulation;
  private time: number = 0;
  private deferred: (() => void)[] = [];
  private alarmAt: number = Infinity;
  private expire: () => void = () => {};
  private nextArrival: number = 0;
  private readonly kernelQueue: Job[] = [];
  private readonly deadlines: Job[] = [];
  private entry: Entry | null = null;
  private readonly root: Scope;
  private live: number = 0;

  constructor(options: Simulation) {
    this.options = options;
    this.random = new Random(options.seed ?? 1);
    this.limit = options.heapLimit ?? 256e6;
    this.runtime = new Runtime({
      clock: this,
      machine: this,
      ...(options.scheduling && { scheduling: options.scheduling }),
    });
    const { root, result } = this.runtime.start(() => suspend<void>(() => {}));
    result.catch(() => {});
    this.root = root;
    if (options.limit === undefined)
      this.entry = this.runtime.loop.openEntry({ name: 'simulated', goal: options.goal ?? 500 });
  }

  // The processor and the memory, as handlers use them.

  /** Computes for so long. */
  work(ms: number): void {
    this.time += ms;
  }

  /** Builds objects that live as long as the job. */
  allocate(job: Job, bytes: number): void {
    this.allocated += bytes;
    this.held += bytes;
    job.holds += bytes;
    const collectAt = Math.min(COLLECT_AT * this.limit, 1.5 * this.liveAfterMajor + 16e6);
    if (BASE_BYTES + this.held + this.garbage > collectAt) this.collect();
  }

  private collect(): void {
    const live = BASE_BYTES + this.held;
    this.time += (live / 1e6) * COLLECT_MS_PER_MB;
    this.garbage = 0;
    this.majors++;
    this.liveAfterMajor = live;
    if (live > this.limit) this.crashedAt ??= this.time;
  }

  /** Takes a descriptor, of a file, through the runtime's stock. */
  *openFile(fiber: Fiber): Operation<() => void> {
    const { descriptors } = fiber.loop;
    yield* descriptors.take();
    this.work(0.03);
    if (this.open >= (this.options.descriptorLimit ?? Infinity)) {
      descriptors.giveBack(fiber);
      throw new Error('EMFILE');
    }
    this.open++;
    return () => {
      this.open--;
      descriptors.giveBack(fiber);
    };
  }

  private remoteBusy: number = 0;
  private readonly remoteQueue: { readonly resume: () => void; readonly ms: number }[] = [];

  /** A call of another machine that nobody here can see into: it does `slots` at once, `ms` each. */
  remote(slots: number, ms: number): Operation<void> {
    return suspend<void>((resume) => {
      this.remoteQueue.push({ resume: () => resume(), ms });
      this.serveRemote(slots);
    }, 'remote');
  }

  private serveRemote(slots: number): void {
    for (let next = this.remoteQueue[0]; next !== undefined && this.remoteBusy < slots; next = this.remoteQueue[0]) {
      const { resume, ms } = next;
      this.remoteQueue.shift();
      this.remoteBusy++;
      this.at(this.time + ms, () => {
        this.remoteBusy--;
        resume();
        this.serveRemote(slots);
      });
    }
  }

  private readonly events: { readonly at: number; readonly happen: () => void }[] = [];

  private at(at: number, happen: () => void): void {
    const { events } = this;
    let i = events.length;
    while (i > 0 && events[i - 1]!.at > at) i--;
    events.splice(i, 0, { at, happen });
  }

  // Heap and Machine.

  read(): void {}

  get heap(): Heap {
    return this;
  }

  openDescriptors(): number {
    return 20 + this.open;
  }

  descriptorLimit(): number | null {
    return this.options.descriptorLimit ?? null;
  }

  // Clock.

  now(): number {
    return this.time;
  }

  unixTime(): number {
    return this.time;
  }

  defer(pass: () => void): void {
    this.deferred.push(pass);
  }

  alarm(at: number, expire: () => void): void {
    this.alarmAt = at;
    this.expire = expire;
  }

  onExhausted(): () => void {
    return () => {};
  }

  /** Runs the whole simulation. */
  run(): this {
    const end = this.options.seconds * 1000;
    while (this.time < end && this.crashedAt === null) this.turn(end);
    return this;
  }

  private turn(end: number): void {
    if (this.deferred.length === 0) {
      const next = Math.min(
        this.alarmAt,
        this.nextArrival,
        this.deadlines[0]?.deadline ?? Infinity,
        this.events[0]?.at ?? Infinity,
        end,
      );
      if (this.kernelQueue.length === 0 && next > this.time) this.time = next;
    }
    this.time += TURN_MS;
    if (this.alarmAt <= this.time) {
      const { expire } = this;
      this.alarmAt = Infinity;
      expire();
    }
    while (this.events.length > 0 && this.events[0]!.at <= this.time) this.events.shift()!.happen();
    this.arrive();
    this.giveUp();
    this.accept();
    for (const pass of this.deferred.splice(0)) pass();
  }

  private rateAt(at: number): number {
    const { rate } = this.options;
    return typeof rate === 'number' ? rate : rate(at);
  }

  private arrive(): void {
    while (this.nextArrival <= this.time) {
      const at = this.nextArrival;
      this.nextArrival += (-Math.log(1 - this.random.next()) * 1000) / this.rateAt(at);
      const kind = this.pick();
      const outcome = this.outcomeOf(kind);
      outcome.offered++;
      if (this.kernelQueue.length > (this.options.backlog ?? 64)) {
        outcome.dropped++;
        continue;
      }
      const job = new Job(this, kind, at, at + DEADLINE_MS);
      this.kernelQueue.push(job);
      this.deadlines.push(job);
    }
  }

  private pick(): RequestKind {
    const { kinds } = this.options;
    let at = this.random.next() * kinds.reduce((sum, { weight = 1 }) => sum + weight, 0);
    return kinds.find(({ weight = 1 }) => (at -= weight) < 0) ?? kinds[0]!;
  }

  private giveUp(): void {
    for (let first = this.deadlines[0]; first !== undefined && first.deadline <= this.time; first = this.deadlines[0]) {
      this.deadlines.shift();
      if (first.answered) continue;
      first.answered = true;
      this.outcomeOf(first.request).late++;
      this.entry?.withdraw(first);
      first.fiber?.cancel('the client has gone');
    }
  }

  private accept(): void {
    const job = this.kernelQueue.shift();
    if (job === undefined) return;
    this.work(ACCEPT_MS);
    this.entry?.arrived();
    if (job.answered) return;
    this.work(PARSE_MS);
    if (this.entry !== null) this.entry.offer(job);
    else if (this.live >= this.options.limit!) job.refuse({ reason: 'limit', retryAfterMs: 0, quietly: false });
    else {
      this.live++;
      job.begin({ body: job.request.handler, end: () => this.live-- });
    }
  }

  start(job: Job, admitted: Admitted): void {
    job.fiber = this.root.startMember(admitted.body, this.exchange(job, admitted), false) as Fiber;
  }

  private *exchange(job: Job, admitted: Admitted): Operation<void> {
    try {
      yield* job.request.handler(this, job);
      this.work(REPLY_MS);
      this.answer(job, 'good');
    } catch {
      this.errors++;
      this.answer(job, 'failed');
    } finally {
      this.held -= job.holds;
      this.garbage += job.holds;
      admitted.end();
    }
  }

  answer(job: Job, how: 'good' | 'refused' | 'failed'): void {
    if (job.answered) return;
    job.answered = true;
    const outcome = this.outcomeOf(job.request);
    const took = this.time - job.at;
    if (how === 'good' && took > DEADLINE_MS) outcome.late++;
    else outcome[how]++;
    if (how !== 'good' || took > DEADLINE_MS) return;
    outcome.latencies.push(took);
    const tenth = Math.floor(this.time / 100);
    this.goodByTenth[tenth] = (this.goodByTenth[tenth] ?? 0) + 1;
  }

  outcomeOf({ name }: RequestKind): Outcome {
    let outcome = this.outcomes.get(name);
    if (outcome === undefined) {
      outcome = { offered: 0, good: 0, late: 0, refused: 0, dropped: 0, failed: 0, latencies: [] };
      this.outcomes.set(name, outcome);
    }
    return outcome;
  }

  /** Good answers a second of one kind, or of all, between two times in seconds. */
  goodput(from: number = 0, to: number = this.options.seconds): number {
    const tenths = this.goodByTenth.slice(Math.round(from * 10), Math.round(to * 10));
    return tenths.reduce((sum: number, count = 0) => sum + count, 0) / (to - from);
  }

  /** The latency in ms that `percent` of the good answers of a kind do not exceed. */
  percentile(percent: number, name: string = this.options.kinds[0]!.name): number {
    const { latencies } = this.outcomes.get(name)!;
    const sorted = latencies.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
  }
}

/** One request. */
export class Job extends Work {
  readonly at: number;
  readonly deadline: number;
  readonly request: RequestKind;
  holds: number = 0;
  answered: boolean = false;
  fiber: Fiber | null = null;
  private readonly server: SimulatedServer;

  constructor(server: SimulatedServer, request: RequestKind, at: number, deadline: number) {
    super(request.name, request.priority ?? 1, true);
    this.server = server;
    this.request = request;
    this.at = at;
    this.deadline = deadline;
  }

  begin(admitted: Admitted): void {
    this.server.start(this, admitted);
  }

  refuse({ quietly }: Refusal): void {
    this.server.work(quietly ? 0.03 : 0.06);
    this.server.answer(this, 'refused');
  }
}

const DEADLINE_MS = 500;
/** As measured on Node 20, in ms. */
const ACCEPT_MS = 0.04;
const PARSE_MS = 0.03;
const REPLY_MS = 0.05;
const TURN_MS = 0.005;
const BASE_BYTES = 8e6;
const COLLECT_AT = 0.9;
const COLLECT_MS_PER_MB = 0.25;
