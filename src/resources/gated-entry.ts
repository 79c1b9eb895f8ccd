import { Ewma } from '../base/ewma.js';
import { current } from '../fibers/current.js';
import type { Entry, EntryOptions, Work } from '../fibers/governor.js';
import { AdmittedWork } from './admitted-work.js';
import { Backlog } from './backlog.js';
import { ClosedLoop } from './closed-loop.js';
import { Crowding } from './crowding.js';
import { fullMs } from './full-ms.js';
import { kindFor } from './kind-for.js';
import type { Kind } from './kind.js';
import type { ResourceGovernor } from './resource-governor.js';
import { LatencyNets } from './latency-nets.js';
import { LateWork } from './late-work.js';
import { scarcestMs } from './scarcest-ms.js';
import { SlowStart } from './slow-start.js';
import { WorkQueue } from './work-queue.js';

/** A place where new work comes in, with the queue of what has to wait. */
export class GatedEntry implements Entry {
  readonly name: string;
  readonly goal: number;
  private readonly patient: boolean;
  /** Null where work does not come by connections. */
  private readonly backlog: Backlog | null;
  readonly queue: WorkQueue;
  readonly nets: LatencyNets;
  private readonly closedLoop: ClosedLoop;
  private readonly late: LateWork;
  private readonly crowding: Crowding;
  readonly kinds: Map<string, Kind> = new Map();
  live: number = 0;
  /** Since the last tick: work that was answered, and ended work that was the first on its connection. */
  private endedNow: number = 0;
  private finishedNow: number = 0;
  /** Of the work that was answered, the share that was the first on its connection. */
  private readonly firstShare: Ewma = new Ewma();
  /** Clients that came or gave up, except those that were sent away to connect again. */
  private changesNow: number = 0;
  /** When something last had to wait because too little was known, while the processor had time left. */
  private startedAt: number = -Infinity;
  /** Work refused and connections turned away so far, by reason. */
  readonly refusals: Map<string, number> = new Map();
  readonly governor: ResourceGovernor;
  private closed: boolean = false;

  constructor(governor: ResourceGovernor, options: EntryOptions, lifo: boolean) {
    this.governor = governor;
    this.name = options.name;
    this.goal = options.goal;
    this.patient = options.patient ?? false;
    const { backlog, goal, resizeBacklog = null } = options;
    this.backlog = backlog === undefined ? null : new Backlog(backlog, goal, resizeBacklog);
    this.queue = new WorkQueue(lifo);
    this.nets = new LatencyNets(options.goal);
    this.closedLoop = new ClosedLoop(options.goal, options.clients ?? (() => Infinity));
    this.late = new LateWork(governor.now());
    this.crowding = new Crowding(options.goal);
  }

  /** Turns of the event loop per ms that the kernel's queue needs. */
  get turnsPerMs(): number {
    return this.backlog === null ? 0 : this.backlog.turnsPerMs(!this.isSaturated);
  }

  /** Whether much of the work comes on new connections, of which Node accepts one in each turn of the event loop. */
  get needsTurns(): boolean {
    return this.backlog !== null && this.firstShare.value >= FIRST_SHARE && !this.isSaturated;
  }

  /** Whether those that are connected leave nothing for others, whose connections need not be accepted soon. */
  get isSaturated(): boolean {
    return this.closedLoop.isSaturated;
  }

  offer(work: Work): void {
    const kind = this.kindOf(work);
    kind.offered++;
    this.closedLoop.asked(work.isFirst);
    const { governor } = this;
    const now = (work.since = governor.now());
    if (this.closed) return this.refuse(work, 'closed');
    governor.wake();
    if (work.priority > 1 && governor.hasShare(kind, now)) return this.begin(work, now);
    if (kind.isLate && this.isCrowded(now) && !this.late.mayBegin(kind, governor.outlook, now))
      return this.refuse(work, LateWork.REASON);
    if (this.isHopeless(work, kind, now) && governor.answers.spendAtOnce(now))
      return this.refuse(work, kind.obstacle ?? 'overload', true);
    if (this.queue.size === 0) {
      const reason = governor.obstacle(this, kind, now);
      if (reason === null) return this.begin(work, now);
    }
    work.keepContext();
    this.queue.push(work, kind, now);
    this.drain(now);
    if (this.queue.size > governor.mostWaiting && !this.patient) this.drop(this.queue.oldest()!, 'the queue is full');
  }

  /**
   * Whether work of its kind waits already that came long before, so that it may be told at once: on a connection that stays
   * open, and is free for the next request. Of those that wait, each would need another one.
   */
  private isHopeless({ isFirst, answerMs }: Work, kind: Kind, now: number): boolean {
    if (isFirst || answerMs === 0 || this.patient || this.closedLoop.isCostly || kind.mayLast(this.goal)) return false;
    return this.queue.longestMs(kind, now) > PROMPT_SHARE * this.goal && this.isCrowded(now);
  }

  withdraw(work: Work): void {
    if (!work.waits) return;
    const kind = this.kindOf(work);
    kind.withdrawn++;
    this.changesNow++;
    this.queue.remove(work, kind, this.governor.now());
    work.leave();
  }

  arrived(): void {
    // A server that is only watched may go on accepting.
    if (this.closed) return;
    this.changesNow++;
    this.governor.arrived();
  }

  turnedAway(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const work of this.queue) this.drop(work, 'closed');
    this.governor.closed(this);
  }

  /** Refuses what has waited for too long to be answered in time. */
  private expire(now: number): void {
    if (this.patient) return;
    const isCrowded = this.isCrowded(now);
    const isOverload = this.queue.standingMs(now) > BURST_SHARE * this.goal && !this.isStarting(now);
    const limit = this.goal * (this.closedLoop.isBounded ? USEFUL_SHARE : isCrowded ? AGE_SHARE : BURST_SHARE);
    const useful = USEFUL_SHARE * this.goal;
    const isTooOld = (work: Work, kind: Kind): boolean => {
      const age = now - work.since;
      // What takes longer however early it begins, such as a stream, is not judged by when it ends.
      const rest = this.governor.remainingMs(kind);
      if (age <= limit && (age < 1 || age + rest <= useful || rest > useful)) return false;
      // To refuse it because too little is known would make room for nobody. After a restart all streams come at once, and wait.
      if (kind.mayLast(this.goal) && (this.obstacle(kind, now) === null || now - kind.startingAt <= limit))
        return false;
      if (age > limit && isOverload) this.crowding.sawAt(now);
      return true;
    };
    this.queue.expire(isTooOld, (work, kind) => this.drop(work, kind.obstacle ?? 'overload'));
  }

  /** Lets in what fits from the queue. */
  drain(now: number): void {
    if (this.queue.size === 0) return;
    this.expire(now);
    const fits = (kind: Kind): boolean => this.obstacle(kind, now) === null;
    const oldestFirst = this.closedLoop.isBounded || this.isStarting(now);
    this.queue.drain(now, oldestFirst, fits, (work) => this.begin(work, now));
  }

  /**
   * Looks at what happened in the last `elapsedMs`, in `busyMs` of which there was something to do.
   *
   * @param kernelStands the kernel's queue was never empty.
   */
  tick(elapsedMs: number, busyMs: number, kernelStands: boolean, now: number): void {
    const kernelMs = kernelStands && this.backlog?.isResizable ? elapsedMs : 0;
    this.crowding.tick(this.queue, kernelMs, elapsedMs, this.isStarting(now), now);
    if (this.queue.standingMs(now) >= elapsedMs) this.closedLoop.tick(this.endedNow, this.changesNow, elapsedMs);
    this.late.tick(this.kinds.values());
    const { answers, outlook } = this.governor;
    const waitingMs = outlook === null ? 0 : this.sumMs(({ start }) => scarcestMs(start, outlook));
    const isCostly = answers.lackingMs >= this.goal;
    this.closedLoop.judge(this.queue.size, waitingMs, this.live, kernelStands, isCostly);
    // Each new connection takes the place of one that is shed: nobody is served by accepting more of them.
    this.backlog?.tick(this.isSaturated ? 0 : this.finishedNow, busyMs, this.isSaturated || this.isCrowded(now));
    if (this.endedNow > 0) this.firstShare.add(this.finishedNow / this.endedNow);
    this.endedNow = this.finishedNow = this.changesNow = 0;
  }

  /** Why one more of `kind` has to wait; null if it need not. */
  private obstacle(kind: Kind, now: number): string | null {
    const reason = this.governor.obstacle(this, kind, now);
    if (reason === SlowStart.REASON) {
      kind.startingAt = now;
      if ((this.governor.outlook?.idleShare ?? 0) > IDLE) this.startedAt = now;
    }
    return reason;
  }

  /**
   * Whether more comes than can be served. Otherwise what waits may be a burst, whose first will make room for the rest in time.
   */
  private isCrowded(now: number): boolean {
    return this.crowding.lasts(now) && !this.closedLoop.isBounded && !this.isStarting(now);
  }

  /**
   * Whether what waits has been waiting since too little was known to let it in, and will not take long. It is worked off as a
   * burst is: those that came first make room as soon as they end, and that they were waited for is no sign of overload.
   */
  private isStarting(now: number): boolean {
    const { outlook, mostWaiting } = this.governor;
    const sinceMs = now - this.startedAt;
    if (outlook === null || sinceMs > BURST_SHARE * this.goal || sinceMs > this.queue.standingMs(now)) return false;
    return this.queue.size < mostWaiting && this.sumMs((kind) => fullMs(kind, outlook)) <= QUICK_SHARE * this.goal;
  }

  /** For how long, in ms, all that waits needs what it is short of, except what is meant to last. */
  private sumMs(neededMs: (kind: Kind) => number): number {
    return this.queue.sum((kind) => (kind.mayLast(this.goal) ? 0 : neededMs(kind)));
  }

  /** Lets it in, from the queue or directly. */
  begin(work: Work, now: number): void {
    const kind = this.kindOf(work);
    const { waits } = work;
    if (waits) this.queue.remove(work, kind, now);
    kind.admitted++;
    kind.live++;
    this.live++;
    this.nets.began(kind, now);
    this.governor.admitted(kind);
    // A client whose work goes first, such as a health check, is not one of many.
    const isLast = work.priority <= 1 && this.closedLoop.sheds();
    const admitted = new AdmittedWork(this, kind, work.isFirst, isLast, now);
    if (waits) work.beginInContext(admitted);
    else work.begin(admitted);
  }

  /** Work that was let in has ended. */
  ended(work: AdmittedWork): void {
    const { kind, isFirst, isLast, since } = work;
    kind.live--;
    kind.finished++;
    const cancelled = current.fiber !== null && current.fiber.interruption !== null;
    if (!cancelled) this.endedNow++;
    if (!cancelled && !isLast) this.closedLoop.kept();
    if (isFirst) this.finishedNow++;
    const now = this.governor.now();
    const tookMs = now - since;
    if (!cancelled && tookMs <= this.goal) kind.late = 0;
    else if (tookMs < MEANT_TO_LAST * this.goal) kind.late++;
    this.live--;
    this.nets.ended(kind, since, now);
    this.governor.finished(this, work, cancelled);
  }

  /** It is about to ask as another kind, like another request. What it took says nothing about how fast work is answered. */
  movedOn({ kind, cohort, since }: AdmittedWork): void {
    kind.live--;
    kind.finished++;
    kind.late = 0;
    const now = this.governor.now();
    kind.inherent.end(cohort, now - since);
    this.closedLoop.kept();
    this.live--;
    this.nets.ended(kind, since, now);
    this.governor.live--;
  }

  private kindOf(work: Work): Kind {
    return kindFor(work, this.kinds, this.patient);
  }

  private drop(work: Work, reason: string): void {
    this.queue.remove(work, this.kindOf(work), this.governor.now());
    this.refuse(work, reason);
  }

  /** @param isPaid whether the processor time for the answer has been spent. */
  private refuse(work: Work, reason: string, isPaid: boolean = false): void {
    this.kindOf(work).refused++;
    this.turnedAway(reason);
    const isFinal = work.answerMs > 0 && !isPaid && !this.governor.mayAnswer(work);
    if (isFinal) this.changesNow--;
    else this.closedLoop.kept();
    work.refuse({ reason, retryAfterMs: this.goal, isFinal });
    work.leave();
  }
}

/** Of the goal: the longest that work waits to be let in; and the same for a burst. */
const AGE_SHARE = 0.2;
const BURST_SHARE = 0.7;
/** Of the goal: for how long work of a kind has waited where more of it is refused at once. */
const PROMPT_SHARE = 0.02;
/** Of the goal: the time in which all that waited at the start has to be worked off. */
const QUICK_SHARE = 0.35;
/** Of the time: with less of it idle the processor is what is short. */
const IDLE = 0.2;
/** Of the goal: work that would take longer, with what it has waited, can no longer be answered in time. */
const USEFUL_SHARE = 0.95;
/** Goals: work that takes longer is meant to last, like a stream. */
const MEANT_TO_LAST = 10;
const FIRST_SHARE = 0.3;
