import { checkGoal } from '../base/check.js';
import type { Instant } from '../base/instant.js';
import type { FlowGraph } from '../blocking-graph/flow-graph.js';
import type { Fiber } from '../fibers/fiber.js';
import type { Entry, EntryOptions, Governor, Work } from '../fibers/governor.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { BlockingPoint } from '../fibers/recorder.js';
import type { RunLoop } from '../fibers/run-loop.js';
import type { Timed } from '../fibers/timed.js';
import type { AdmittedWork } from './admitted-work.js';
import { Answers } from './answers.js';
import { BackStop } from './back-stop.js';
import { CpuBudget } from './cpu-budget.js';
import { GatedEntry } from './gated-entry.js';
import type { Kind } from './kind.js';
import type { Machine } from './machine.js';
import { Outlook } from './outlook.js';
import { PoolMeter } from './pool-meter.js';
import { QueueingMeter } from './queueing-meter.js';
import type { ResourceAccount } from './resource-account.js';
import type { SchedulingSwitches } from './scheduling-options.js';
import { SchedulingWatch } from './scheduling-watch.js';
import { SlowStart } from './slow-start.js';
import type { Steering } from './steering.js';
import { TurnDebt } from './turn-debt.js';

/**
 * Keeps the work that is let in within what the resources can do in time. Ten times a second it learns from the blocking graph
 * what work costs; in between, an admission compares two numbers for each resource.
 */
export class ResourceGovernor implements Governor {
  readonly entries: Set<GatedEntry> = new Set();
  readonly outlook: Outlook | null;
  readonly answers: Answers;
  readonly watch: SchedulingWatch = new SchedulingWatch();
  /** Work that was let in and has not ended. */
  live: number = 0;
  pollMs: number = 0;
  pollsRarely: boolean = false;
  private readonly slowStart: SlowStart;
  /** Among the loop's timers, for its next tick. */
  instant: Instant<Timed> | null = null;
  previous: Timed | null = null;
  following: Timed | null = null;
  private readonly loop: RunLoop;
  private readonly machine: Machine;
  private readonly on: SchedulingSwitches;
  private readonly steering: Steering | null;
  private readonly control: CpuBudget;
  private tickedAt: number;
  /** When the process last resumed after it had stood still, for example suspended: what began before says nothing. */
  private wentOnAt: number = -Infinity;
  private ticks: number = 0;
  private offers: number = 0;
  /** When the outlook was last summed up, and the pass in which that is up to date. */
  private refreshedAt: number = -Infinity;
  private freshIn: number = -1;
  private debt: TurnDebt;
  readonly queueing: QueueingMeter = new QueueingMeter();
  readonly backStop: BackStop | null;

  constructor(
    loop: RunLoop,
    graph: FlowGraph | null,
    machine: Machine,
    on: SchedulingSwitches,
    steering: Steering | null,
  ) {
    this.loop = loop;
    this.machine = machine;
    this.on = on;
    this.steering = steering;
    this.slowStart = new SlowStart(machine.heap.limit);
    loop.threadPool.capacity = machine.threads;
    machine.heap.start();
    if (on.heapRoom) machine.heap.expand();
    if (on.quietV8) machine.quietV8();
    this.outlook = graph === null ? null : new Outlook(graph, machine, loop.descriptors, on);
    this.backStop = this.outlook === null || !on.backStop ? null : new BackStop(loop.population, this.outlook.memory);
    loop.descriptors.checked = on.localCheck;
    this.tickedAt = loop.clock.now();
    this.debt = new TurnDebt(this.tickedAt);
    this.answers = new Answers(this.tickedAt);
    this.control = new CpuBudget(CONTROL_SHARE, 100, this.tickedAt);
  }

  open(options: EntryOptions): Entry {
    checkGoal('goal', options.goal);
    if (this.entries.size === 0) {
      this.reconcile();
      this.machine.heap.start();
    }
    const entry = new GatedEntry(this, options, this.on.lifo);
    this.entries.add(entry);
    this.wake();
    return entry;
  }

  /** Ready fibers that are held back now, by node. */
  get heldLists(): readonly ReadyList[] {
    return this.steering?.heldLists ?? [];
  }

  closed(entry: GatedEntry): void {
    this.entries.delete(entry);
    if (this.entries.size > 0) return;
    this.loop.unsetTimer(this);
    // Nobody needs to know what fibers allocate any more, and nobody looks after descriptors.
    this.loop.allocation?.spend(0);
    this.machine.heap.stop();
    this.loop.descriptors.limit = Infinity;
    this.loop.descriptors.grantWaiting();
  }

  now(): number {
    return this.loop.clock.now();
  }

  /** Something happens: makes sure that there is a next tick. */
  wake(): void {
    this.offers++;
    if (this.instant !== null) return;
    this.tickedAt = this.now();
    this.queueing.restart(this.tickedAt);
    this.outlook?.restart();
    this.loop.setTimer(this, this.tickedAt + TICK_MS);
  }

  /**
   * Why one more of `kind` cannot be let in now; null if it can. Summing up what is under way takes longer the more places there are
   * to wait at. What was let in since has been added to the sum, and what has gone on needs less than before: so an older sum will
   * do to let in, for a little while, but not to refuse.
   */
  obstacle(entry: GatedEntry, kind: Kind, now: number): string | null {
    if (now - this.refreshedAt >= REFRESH_MS) this.refresh(now);
    let obstacle = this.findObstacle(entry, kind);
    if (obstacle !== null && this.freshIn !== this.loop.passes) {
      this.refresh(now);
      obstacle = this.findObstacle(entry, kind);
    }
    if (obstacle === null) return (kind.obstacle = null);
    if (typeof obstacle !== 'string') obstacle.blocked++;
    const name = typeof obstacle === 'string' ? obstacle : obstacle.name;
    this.watch.blocked(name);
    return (kind.obstacle = name);
  }

  /** Whether work of high priority is still within the share that is reserved for it. */
  hasShare(kind: Kind, now: number): boolean {
    const costMs = kind.start === null ? 1 : (this.outlook?.prediction.demands[0]?.work[kind.start] ?? 1);
    return this.control.borrow(costMs, now);
  }

  /** Whether there is processor time for refusing `work` with an answer. */
  mayAnswer(work: Work): boolean {
    return this.answers.spend(work, this.now());
  }

  /** How much work may wait at an entry: each piece holds a connection, whose descriptor other work could use. */
  get mostWaiting(): number {
    return Math.max(LEAST_WAITING, Math.min(MOST_WAITING, WAITING_SHARE * this.loop.descriptors.limit));
  }

  /** How long work of this kind takes, in ms, once it is let in. */
  remainingMs(kind: Kind): number {
    const start = kind.start;
    return start === null || this.outlook === null ? 0 : (this.outlook.prediction.remaining[start] ?? 0);
  }

  admitted(kind: Kind): void {
    this.live++;
    this.outlook?.admit(kind);
  }

  finished(entry: GatedEntry, work: AdmittedWork, cancelled: boolean): void {
    const { kind, cohort, since, blockedSince } = work;
    this.live--;
    this.slowStart.finished();
    const blockedMs = this.queueing.blockedMs(this.now()) - blockedSince;
    if (since >= this.wentOnAt) entry.nets.finished(work, blockedMs, cancelled);
    else kind.inherent.cancel(cohort, 0);
    this.freshIn = -1;
    if (this.on.localCheck) this.steering?.released();
  }

  /** A connection has arrived at one of the entries. */
  arrived(): void {
    this.debt.arrived(this.now());
    this.wake();
  }

  passesBy(now: number): boolean {
    let perMs = 0;
    for (const entry of this.entries) perMs = Math.max(perMs, entry.turnsPerMs);
    return this.debt.turned(perMs, now);
  }

  passed(now: number): void {
    if (this.loop.queue.size === 0) this.debt.rests(now);
    this.queueing.set(this.live, this.loop.queue.size + (this.steering?.heldFibers ?? 0), now);
    for (const entry of this.entries) entry.drain(now);
    const { outlook, backStop } = this;
    if (outlook === null) return;
    const stuck = this.steering?.unstick(this.live, outlook) === false;
    if (backStop === null || !backStop.isWanted(stuck, now)) return;
    outlook.refresh();
    backStop.stop(stuck, now);
  }

  allocated(fiber: Fiber, from: BlockingPoint, bytes: number): void {
    this.outlook?.memory.allocated(fiber, from, bytes);
    this.refreshedAt = -Infinity;
  }

  /** A tick. */
  timeUp(): void {
    const now = this.now();
    const elapsed = Math.max(now - this.tickedAt, 1);
    this.tickedAt = now;
    const stoodStill = elapsed > STOOD_STILL_MS || now < this.wentOnAt;
    if (stoodStill) this.goesOn(now);
    const idle = this.offers === 0 && this.live === 0 && this.loop.descriptors.waiters.size === 0;
    this.offers = 0;
    this.watch.look(now, this.entries, this.heldLists);
    this.learn(elapsed);
    const busyMs = elapsed * (1 - (this.outlook?.idleShare ?? 0));
    this.answers.tick(elapsed);
    const kernelStands = this.debt.standingMs(now) > elapsed;
    for (const entry of this.entries) {
      if (!stoodStill) entry.tick(elapsed, busyMs, kernelStands, now);
      if (this.on.latencyNet) entry.nets.look(now);
      entry.drain(now);
    }
    if (!idle && this.entries.size > 0) this.loop.setTimer(this, now + TICK_MS);
  }

  private goesOn(now: number): void {
    this.wentOnAt = now;
    this.debt = new TurnDebt(now);
    for (const { nets } of this.entries) nets.forget(now);
  }

  private learn(elapsedMs: number): void {
    if (this.ticks++ % RECONCILE_TICKS === 0) this.reconcile();
    const { outlook } = this;
    if (outlook === null) return;
    const entries = [...this.entries];
    const goal = Math.min(...entries.map((entry) => entry.goal));
    this.pollMs = entries.some((entry) => entry.needsTurns) ? 0 : POLL_SHARE * goal;
    this.pollsRarely = this.pollMs > 0 && entries.some((entry) => entry.isSaturated);
    const kinds = entries.flatMap((entry) => [...entry.kinds.values()]);
    outlook.tick(elapsedMs, this.loop.meter.ranMs, kinds, goal, this.tickedAt - this.wentOnAt > WAITS_PASS_MS);
    this.answers.lend(outlook.idleShare - PoolMeter.LEAST_IDLE);
    this.loop.allocation?.spend(outlook.memory.fits(0, RELAXED_SHARE) ? RELAXED_BUDGET : BUDGET);
    this.steering?.steer(outlook, kinds);
    this.steering?.released();
    this.loop.descriptors.grantWaiting();
    this.freshIn = -1;
  }

  private reconcile(): void {
    this.loop.descriptors.reconcile(this.machine.descriptorLimit(), this.machine.openDescriptors());
  }

  private refresh(now: number): void {
    this.refreshedAt = now;
    this.freshIn = this.loop.passes;
    this.outlook?.refresh();
  }

  private findObstacle(entry: GatedEntry, kind: Kind): ResourceAccount | string | null {
    // With nothing under way, nothing will ever make room.
    if (this.live === 0) return null;
    const { on, slowStart, live, loop, entries } = this;
    if (on.slowStart && slowStart.isFull(kind, live, loop.queue.size, entries, this.now())) return SlowStart.REASON;
    if (on.latencyNet && entry.nets.isFull(kind)) return 'latency';
    return this.outlook?.blocker(kind) ?? null;
  }
}

const TICK_MS = 100;
/** A tick this late means that the process was suspended; waits that lasted through that have ended within `WAITS_PASS_MS`. */
const STOOD_STILL_MS = 10_000;
const WAITS_PASS_MS = 500;
/** How old the sum of what is under way may be to let more in. */
const REFRESH_MS = 2;
/** Of the processor: reserved for work of high priority. */
const CONTROL_SHARE = 0.05;
/** Of the shortest goal. With 0.04 requests on kept connections wait too long for their fibers, with 0.08 `/health` does. */
const POLL_SHARE = 0.06;
const RECONCILE_TICKS = 10;
/** Of the time of fibers, for measuring what they allocate; less while less than `RELAXED_SHARE` of the memory is used. */
const BUDGET = 0.01;
const RELAXED_BUDGET = 0.002;
const RELAXED_SHARE = 0.3;
/** How much work may wait at an entry, in pieces and as a share of the descriptors that may be open. */
const LEAST_WAITING = 4;
const MOST_WAITING = 1000;
const WAITING_SHARE = 0.05;
