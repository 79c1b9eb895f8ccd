import { CancelledError, InternalError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { printAs } from '../base/print-as.js';
import type { AsyncContext } from './async-context.js';
import { current, NO_ENTRY } from './current.js';
import { Extras } from './extras.js';
import type { Holding } from './holding.js';
import { JOIN, joinError } from './join.js';
import type { Label } from './label.js';
import type { Leaf, Operation } from './operation.js';
import type { BlockingPoint, CallChain } from './recorder.js';
import type { RunLoop } from './run-loop.js';
import type { Scope } from './scope.js';
import { Suspension } from './suspension.js';
import { WaitList } from './wait-list.js';
import type { YieldNow } from './yield-now.js';

/** See `current`. */
const registers = current;
const noEntry = NO_ENTRY;

/** A running operation: a cheap thread, as its users see it. */
export interface FiberHandle<T = unknown> {
  /** Unique in its runtime, in the order of spawning. */
  readonly id: number;
  /** The name of the function it was spawned with; `fiber` where nothing is recorded. */
  readonly name: string;
  readonly status: FiberStatus;
  /**
   * Waits until the fiber has ended and returns its result.
   *
   * @throws what the fiber threw; `FiberCancelledError` if it was cancelled.
   * Suspends: unless the fiber has ended. If cancelled: throws; the fiber itself goes on.
   */
  join(): Operation<T>;
  /** Asks the fiber to stop: `CancelledError` is thrown where it waits. A plain call that does not wait; `join` does. */
  cancel(reason?: string): void;
}

export type FiberStatus = 'ready' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

/**
 * The fiber itself: a continuation (the newest segment's generator and, through `frame`, those that called it), where
 * it belongs, and where it waits. A million of them is ordinary, so fields are few and no field needs an object of its
 * own. Programs see it as a `FiberHandle`.
 */
export class Fiber<T = unknown> implements FiberHandle<T> {
  // In the order of use: a switch among 100,000 fibers costs as much as the cache lines it touches, and objects keep
  // their fields in the order in which they are set. Halving this object halved that switch. For the same reason the
  // members of a scope are not linked to each other: the collector would lay them out in an order that doubled the cost.
  /** The newest segment, which alone the run loop drives; in the end `ENDED`, so that a handle keeps nothing of the body. */
  generator: Iterator<Leaf, unknown, unknown>;
  /** Where it waits; null while it runs. */
  suspension: Suspension | YieldNow | null;
  private state: FiberState;
  /** The last blocking point; set by the recorder. */
  node: BlockingPoint | null;
  /** Next in a ready list. */
  nextReady: Fiber | null;
  /** What every suspension in its innermost scope is to throw; null unless that is cancelled. */
  interruption: CancelledError | null;
  chain: CallChain | null;
  /** The innermost scope that it has open; if it has none open, the one it belongs to. */
  scope: Scope;
  /** Its place among the members of the scope it belongs to. */
  slot: number;
  /** What few fibers have; null until it has some. */
  extras: Extras | null;
  readonly id: number;
  /** The calls that led to where it was spawned. */
  readonly origin: CallChain | null;
  /** While it lives, its joiners; then its result or error. */
  private ending: unknown;

  constructor(
    id: number,
    scope: Scope,
    generator: Iterator<Leaf, unknown, unknown>,
    locals: ReadonlyMap<object, unknown> | null,
  ) {
    this.generator = generator;
    this.suspension = null;
    this.state = READY;
    this.node = null;
    this.nextReady = null;
    this.interruption = scope.cancellation;
    this.chain = null;
    this.scope = scope;
    this.slot = -1;
    this.extras = null;
    this.id = id;
    this.origin = registers.chain;
    this.ending = null;
    if (locals !== null) this.more().locals = locals;
  }

  get name(): string {
    return this.chain === null ? 'fiber' : this.chain.root.name;
  }

  get status(): FiberStatus {
    return STATUS[this.state];
  }

  get isRunning(): boolean {
    return this.state === RUNNING;
  }

  get isWaiting(): boolean {
    return this.state === WAITING;
  }

  get hasEnded(): boolean {
    return this.state >= SUCCEEDED;
  }

  get hasFailed(): boolean {
    return this.state === FAILED;
  }

  get wasCancelled(): boolean {
    return this.state === CANCELLED;
  }

  join(): Operation<T> {
    return new Suspension<T>(JOIN, this, undefined);
  }

  /** @param cause of the `CancelledError`. */
  cancel(reason: string = 'the fiber was cancelled', cause?: Error): void {
    if (this.state >= SUCCEEDED || this.cancellation !== null) return;
    const home = this.home();
    // What came first counts, even while a shield hides it.
    if (home.cancellation !== null) return;
    const error = new CancelledError(this, reason, cause && { cause });
    this.more().cancellation = error;
    home.interrupt(this, error);
  }

  get loop(): RunLoop {
    return this.scope.loop;
  }

  /** Its own cancellation, by `cancel()`: kept, since a shield may hide it for a while. */
  get cancellation(): CancelledError | null {
    return this.extras === null ? null : this.extras.cancellation;
  }

  /** How many locks and pool slots it holds. While it holds any it must not be held back for other resources: others wait. */
  get permits(): number {
    return this.extras === null ? 0 : this.extras.permits;
  }

  /** Its open files; null while it has none. */
  get holding(): Holding | null {
    return this.extras === null ? null : this.extras.holding;
  }

  /** Fiber-local values; shared with the parent until one of them sets any. */
  get locals(): ReadonlyMap<object, unknown> | null {
    return this.extras === null ? null : this.extras.locals;
  }

  /** Its async context; null where none is followed. */
  get context(): AsyncContext | null {
    return this.extras === null ? null : this.extras.context;
  }

  /** The call that linked the newest segment; through `previous` the older ones. Null in the first segment. */
  get frame(): Suspension | null {
    return this.extras === null ? null : this.extras.frame;
  }

  /** Result or error, by state. */
  get outcome(): unknown {
    return this.state >= SUCCEEDED ? this.ending : undefined;
  }

  /** Those who wait for its end. */
  get joiners(): WaitList {
    return (this.ending ??= new WaitList()) as WaitList;
  }

  more(): Extras {
    return (this.extras ??= new Extras());
  }

  /** Its turn begins. */
  enter(): void {
    registers.fiber = this;
    if (registers.chain !== this.chain) registers.chain = this.chain;
    registers.entry = noEntry;
    this.state = RUNNING;
  }

  /** Parks at a suspension that is about to be armed. */
  suspendAt(suspension: Suspension): void {
    const loop = this.scope.loop;
    this.suspension = suspension;
    this.state = WAITING;
    suspension.since = loop.now;
    if (this.chain !== registers.chain) this.chain = registers.chain;
    if (loop.recorder !== null) loop.recorder.suspendedAt(this, suspension.kind.label);
  }

  /** Goes to the end of its ready list. */
  giveWay(at: YieldNow): void {
    this.suspension = at;
    this.setAside(at.label);
  }

  /** Goes to the end of its ready list, without having suspended anywhere. */
  requeue(): void {
    this.state = READY;
    this.loop.queue.push(this);
  }

  /** Goes to the end of its ready list; the graph records `label`. At no suspension if its newest segment has yet to begin. */
  setAside(label: Label): void {
    const loop = this.scope.loop;
    this.state = READY;
    if (this.chain !== registers.chain) this.chain = registers.chain;
    if (loop.recorder !== null) loop.recorder.suspendedAt(this, label);
    loop.queue.push(this);
  }

  /** Its wait is over. */
  wake(): void {
    if (this.state !== WAITING) throw new InternalError(`fiber ${this.id} was woken while ${this.status}`);
    this.state = READY;
    this.scope.loop.wake(this, (this.suspension as Suspension).since!);
  }

  /** The scope that it belongs to: the one around all those that it has opened. */
  home(): Scope {
    let scope = this.scope;
    while (scope.host === this) scope = scope.parent!;
    return scope;
  }

  /**
   * Delivers a cancellation that comes from outside the scopes this fiber has opened within `outer`. It reaches inwards
   * up to the outermost shield, and the fiber itself only if there is none. The scopes on the way are added to `reached`;
   * the caller cancels them with all that runs in them.
   */
  interrupt(outer: Scope, error: CancelledError, reached: Scope[]): void {
    let innermost = this.scope;
    for (let scope = this.scope; scope !== outer; scope = scope.parent!) if (scope.shielded) innermost = scope.parent!;
    for (let scope = innermost; scope !== outer; scope = scope.parent!) reached.push(scope);
    if (innermost !== this.scope || this.interruption !== null) return;
    this.interruption = error;
    const waiting = this.suspension;
    if (this.state === WAITING && waiting instanceof Suspension) waiting.interrupt(error);
  }

  /** The body has returned or thrown. */
  end(failed: boolean, outcome: unknown): void {
    const cancelled =
      failed && isInstance(outcome, CancelledError) && (this.cancellation ?? this.scope.cancellation) !== null;
    const joiners = this.ending as WaitList | null;
    this.state = cancelled ? CANCELLED : failed ? FAILED : SUCCEEDED;
    this.ending = outcome;
    this.suspension = null;
    this.generator = ENDED;
    const daemon = this.extras !== null && this.extras.daemon;
    this.extras = null;
    const { recorder } = this.loop;
    if (recorder !== null) {
      if (this.state === FAILED) recorder.failed(this, outcome);
      recorder.ended(this);
    }
    // Before the scope learns of it: that may cancel the joiners, whose joins are over by now.
    if (joiners !== null) this.answer(joiners);
    this.scope.memberEnded(this, daemon);
  }

  private answer(joiners: WaitList): void {
    for (let joiner = joiners.shift(); joiner !== null; joiner = joiners.shift()) {
      if (this.state === SUCCEEDED) joiner.complete(this.outcome);
      else joiner.fail(joinError(this));
    }
  }
}

printAs(Fiber, 'Fiber', ({ id, name, status }) => ({ id, name, status }));

/** Where a fiber is in its life, small integers on the hot path; the ended ones come last. */
type FiberState = 0 | 1 | 2 | 3 | 4 | 5;
/** In the run queue. */
const READY = 0;
const RUNNING = 1;
/** Parked at its suspension. */
const WAITING = 2;
const SUCCEEDED = 3;
const FAILED = 4;
const CANCELLED = 5;
const ENDED: Iterator<never> = [].values();

const STATUS = ['ready', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
