import { CancelledError, OverloadError, Runtime, suspend, type Operation } from 'heddle';
import { Random } from '#src/base/random.js';
import { Deque } from '#src/base/deque.js';
import { Work, type Admitted, type Entry, type EntryOptions, type Refusal } from '#src/fibers/governor.js';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Scope } from '#src/fibers/scope.js';
import { USUAL_BACKLOG } from '#src/io/kernel-queue.js';
import type { ResourceGovernor } from '#src/resources/resource-governor.js';
import type { SchedulingOptions } from '#src/resources/scheduling-options.js';
import { SimulatedClients, type ClientOptions, type Outcome } from './simulated-clients.js';
import { SimulatedMachine, type MachineOptions } from './simulated-machine.js';

/** What a request does, and how often it comes. */
export interface RequestKind {
  readonly name: string;
  /** Of all requests; 1 unless given. */
  readonly weight?: number;
  /** It comes once in so many ms instead. */
  readonly everyMs?: number;
  /** What a good answer counts in relation to others': its processor time in ms. 1 unless given. */
  readonly worth?: number;
  readonly priority?: number;
  /** It comes to a port of its own with this goal, in ms. */
  readonly goal?: number;
  /** Its clients wait for so long, in ms; as long as the goal unless given. */
  readonly deadlineMs?: number;
  /** It comes on a connection that is open already, so that the kernel does not drop it. */
  readonly connected?: boolean;
  readonly handler: (server: SimulatedServer, job: Job) => Operation<void>;
}

export interface Simulation extends ClientOptions, MachineOptions {
  readonly seconds: number;
  readonly seed?: number;
  /** Connections that the kernel keeps; 64 unless given. */
  readonly backlog?: number;
  readonly scheduling?: SchedulingOptions;
  /**
   * Requests come at the multiples of so many ms, when their connections are accepted already: clients or a network that stall.
   */
  readonly burstMs?: number;
  /** One connection of so many comes to a second port, where the same is served. */
  readonly secondPort?: number;
  /**
   * Clients keep their connections, and take one that is free or open another, as the agents of Node and Go do; who gives up closes
   * his.
   */
  readonly keepAlive?: boolean;
  /** Goes on in the same process. */
  readonly beside?: (server: SimulatedServer) => Operation<void>;
  /** Instead of a governor: as many begin at once, and the others are refused. */
  readonly limit?: number;
}

/**
 * A server on a simulated machine, with simulated clients. The runtime is the real one; it sees a clock and a machine.
 * In each turn one connection is accepted, as in Node.
 */
export class SimulatedServer {
  /** Refused by closing the connection, without an answer. */
  hungUp: number = 0;
  readonly runtime: Runtime;
  readonly machine: SimulatedMachine;
  readonly clients: SimulatedClients;
  readonly random: Random;
  /** What handlers threw, unless they were cancelled. */
  readonly errors: unknown[] = [];
  private readonly options: Simulation;
  private readonly kernelQueue: Deque<Job> = new Deque();
  /** On open connections. */
  private readonly arrived: Job[] = [];
  private readonly entry: Entry | null;
  private readonly second: Entry | null;
  private readonly byGoal: Map<number, Entry> = new Map();
  private connections: number = 0;
  /** With `keepAlive`: connections that were accepted and are open, and those of them on which nothing is asked. */
  open: number = 0;
  /** All connections that were accepted. */
  accepted: number = 0;
  private idle: number = 0;
  private readonly root: Scope;
  private live: number = 0;
  /** Connections that the kernel keeps now, by entry: of one queue, since one connection is accepted in each turn. */
  private readonly backlogs: number[] = [];

  constructor(options: Simulation) {
    const { seed = 1, scheduling = {}, limit, goal = 500, beside } = options;
    this.options = options;
    this.random = new Random(seed);
    const machine = (this.machine = new SimulatedMachine(options));
    this.clients = new SimulatedClients(
      options,
      this.random,
      (at, happen) => machine.at(at, happen),
      (kind, at, attempt) => this.connect(kind, at, attempt),
    );
    this.runtime = new Runtime({ clock: machine, machine, scheduling });
    const { root, result } = this.runtime.start(() => suspend<void>(() => {}));
    result.catch(() => {});
    this.root = root as Scope;
    const open = (goal: number): Entry | null =>
      this.runtime.loop.openEntry({ name: 'simulated', goal, ...this.kernel() });
    this.entry = limit === undefined ? open(goal) : null;
    this.second = options.secondPort === undefined ? null : open(goal);
    if (limit === undefined)
      for (const { goal } of options.kinds)
        if (goal !== undefined && !this.byGoal.has(goal)) this.byGoal.set(goal, open(goal)!);
    if (beside !== undefined) this.root.startMember(beside, beside(this), false);
  }

  /** A backlog that was set by hand stays as it is. */
  private kernel(): Partial<EntryOptions> {
    const { backlog, kept = Infinity, keepAlive = false } = this.options;
    const clients = (): number => (keepAlive ? this.open : kept);
    if (backlog !== undefined) return { backlog, clients };
    const entry = this.backlogs.push(USUAL_BACKLOG) - 1;
    return { backlog: USUAL_BACKLOG, resizeBacklog: (size) => (this.backlogs[entry] = size), clients };
  }

  /** Connections that the kernel keeps now. */
  get backlog(): number {
    if (this.backlogs.length > 0) return Math.min(...this.backlogs);
    return this.options.backlog ?? USUAL_BACKLOG;
  }

  get governor(): ResourceGovernor {
    return this.runtime.loop.governor as ResourceGovernor;
  }

  now(): number {
    return this.machine.now();
  }

  /** Computes for so long. */
  work(ms: number): void {
    this.machine.work(ms);
  }

  /** Builds objects that live as long as the job. */
  allocate(job: Job, bytes: number): void {
    job.holds += bytes;
    this.machine.heap.allocate(bytes);
  }

  /** Fills `Buffer`s that live as long as the job. */
  allocateOutside(job: Job, bytes: number): void {
    job.holdsOutside += bytes;
    this.machine.heap.allocateOutside(bytes);
  }

  /** Runs for as long as was asked for, or until memory runs out. */
  run(): this {
    return this.runUntil(this.options.seconds * 1000);
  }

  /** No client comes any more; runs until all that could still happen has happened. */
  settle(): this {
    this.clients.stop();
    return this.runUntil(this.now() + 5000);
  }

  /** Goes on until so many ms after its start. */
  runUntil(end: number): this {
    const { machine } = this;
    while (machine.now() < end && !machine.heap.exhausted)
      machine.turn(end, this.kernelQueue.size === 0, () => this.poll());
    return this;
  }

  private poll(): void {
    this.clients.giveUp(this.now(), (job) => {
      if (job.isOpen) this.open--;
      job.entry?.withdraw(job);
      job.fiber?.cancel('the client has gone');
    });
    for (const job of this.arrived.splice(0)) this.request(job);
    const job = this.kernelQueue.popFront();
    if (job === undefined) return;
    this.work(ACCEPT_MS);
    this.accepted++;
    if (this.options.keepAlive && !job.answered) {
      job.isOpen = true;
      this.open++;
    }
    job.entry?.arrived();
    const { burstMs } = this.options;
    if (burstMs === undefined) this.request(job);
    else this.machine.at(Math.ceil(this.now() / burstMs) * burstMs, () => this.arrived.push(job));
  }

  private connect(kind: RequestKind, at: number, attempt: number): Job | null {
    const { secondPort = Infinity } = this.options;
    const { goal } = kind;
    let entry = ++this.connections % secondPort === 0 ? this.second : this.entry;
    if (goal !== undefined) entry = this.byGoal.get(goal) ?? null;
    const isReused = this.idle > 0;
    const job = new Job(this, entry, kind, at, attempt, !kind.connected && !isReused);
    if (isReused) {
      this.idle--;
      job.isOpen = true;
      this.arrived.push(job);
    } else if (kind.connected) this.arrived.push(job);
    else if (this.kernelQueue.size > this.backlog) return null;
    else this.kernelQueue.pushBack(job);
    return job;
  }

  private request(job: Job): void {
    if (job.answered) return;
    this.work(PARSE_MS);
    if (job.entry !== null) job.entry.offer(job);
    else if (this.live >= this.options.limit!) job.refuse({ reason: 'limit', retryAfterMs: 0, isFinal: false });
    else {
      this.live++;
      job.begin({ body: job.request.handler, isLast: false, end: () => this.live--, moveOn() {} });
    }
    this.runtime.loop.runIfCrowded();
  }

  /** A fiber for it. */
  start(job: Job, admitted: Admitted): void {
    job.fiber = this.root.startMember(admitted.body, this.exchange(job, admitted), false) as Fiber;
  }

  private *exchange(job: Job, admitted: Admitted): Operation<void> {
    try {
      yield* job.request.handler(this, job);
      this.work(REPLY_MS);
      this.answer(job, 'good', admitted.isLast);
    } catch (error) {
      if (!(error instanceof CancelledError)) {
        this.errors.push(error);
        this.answer(job, 'failed', admitted.isLast);
      } else if (error.cause instanceof OverloadError) this.answer(job, 'refused', admitted.isLast);
    } finally {
      this.machine.heap.drop(job.holds);
      this.machine.heap.dropOutside(job.holdsOutside);
      admitted.end();
    }
  }

  /** @param closes whether the connection is closed with the answer. */
  answer(job: Job, how: 'good' | 'refused' | 'failed', closes: boolean): void {
    if (job.isOpen && !job.answered) {
      if (closes) this.open--;
      else this.idle++;
    }
    this.clients.answered(job, how, this.now());
  }

  outcome(name: string): Outcome {
    return this.clients.outcomes.get(name)!;
  }

  /** Good answers a second between two times in seconds, each by its worth; only of one kind if `name` is given. */
  goodput(from: number, to: number, name?: string): number {
    let sum = 0;
    for (const kind of this.clients.kinds) {
      if (name !== undefined && kind.name !== name) continue;
      const count = this.clients.outcomeOf(kind).good.filter(({ at }) => at >= from * 1000 && at < to * 1000).length;
      sum += count * (name === undefined ? (kind.worth ?? 1) : 1);
    }
    return sum / (to - from);
  }

  /** The latency in ms that `percent` of the good answers of a kind since `from`, in seconds, do not exceed. */
  percentile(percent: number, from: number, name: string = this.clients.kinds[0]!.name): number {
    const { good } = this.outcome(name);
    const sorted = good
      .filter(({ at }) => at >= from * 1000)
      .map(({ took }) => took)
      .sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
  }
}

/** One request. */
export class Job extends Work {
  /** When the client sent it, in ms. */
  readonly at: number;
  /** How often it was asked before. */
  readonly attempt: number;
  readonly request: RequestKind;
  /** Bytes, on the heap and outside of it. */
  holds: number = 0;
  holdsOutside: number = 0;
  answered: boolean = false;
  private hasWaited: boolean = false;
  fiber: Fiber | null = null;
  /** It came on a connection that is kept, and was accepted. */
  isOpen: boolean = false;
  override readonly answerMs: number = REFUSE_MS;
  /** That of the port it came to. */
  readonly entry: Entry | null;
  private readonly server: SimulatedServer;

  constructor(
    server: SimulatedServer,
    entry: Entry | null,
    request: RequestKind,
    at: number,
    attempt: number,
    isFirst: boolean,
  ) {
    super(request.name, request.priority ?? 1, isFirst);
    this.server = server;
    this.entry = entry;
    this.request = request;
    this.at = at;
    this.attempt = attempt;
  }

  begin(admitted: Admitted): void {
    this.server.start(this, admitted);
  }

  override keepContext(): void {
    this.hasWaited = true;
    super.keepContext();
  }

  refuse({ isFinal }: Refusal): void {
    const hangsUp = isFinal && this.isFirst;
    if (hangsUp) this.server.hungUp++;
    this.server.work(hangsUp ? CLOSE_MS : this.isFirst || this.hasWaited ? REFUSE_MS : AT_ONCE_MS);
    this.server.answer(this, 'refused', isFinal);
  }
}

/** As measured on Node 20, in ms. */
const ACCEPT_MS = 0.04;
const PARSE_MS = 0.03;
const REPLY_MS = 0.05;
const REFUSE_MS = 0.06;
const AT_ONCE_MS = 0.01;
const CLOSE_MS = 0.03;
