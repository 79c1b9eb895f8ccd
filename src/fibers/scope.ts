import { checkFunction } from '../base/check.js';
import { CancelledError, ScopeClosedError } from '../base/errors.js';
import type { Instant } from '../base/instant.js';
import { nameOf } from '../base/name-of.js';
import { printAs } from '../base/print-as.js';
import { textOf } from '../base/text-of.js';
import { asFiber } from './as-fiber.js';
import { current } from './current.js';
import { Fiber, type FiberHandle } from './fiber.js';
import { isOperation } from './foreign-yield.js';
import { neverRun } from './never-run.js';
import type { Operation, OperationFunction } from './operation.js';
import type { RunLoop } from './run-loop.js';
import { iterate } from './segment.js';
import type { Timed } from './timed.js';

/** An open scope, as its users see it: owns fibers, and ends only after all of them have. */
export interface ScopeHandle {
  /** The nearest deadline, its own or of a scope around it up to the first shield, in ms of `now()`; `Infinity` for none. */
  readonly deadline: number;
  readonly isCancelled: boolean;
  /**
   * Starts a fiber in this scope, also from plain callbacks; `yield* spawn` starts one in the innermost.
   *
   * @throws `ScopeClosedError` once the scope has ended; `ArgumentError` if `f` is no function; what `f` throws instead
   * of making an operation. As `spawnDaemon` does.
   */
  spawn<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): FiberHandle<T>;
  /** Starts a fiber that the scope does not wait for: it is cancelled once the others have ended. */
  spawnDaemon<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): FiberHandle<T>;
  /**
   * Cancels the body and all fibers. Does not wait. If that stops the body, the call that opened the scope has no result
   * and throws the `CancelledError`: catch it around that call, or use `race` with an event instead.
   */
  cancel(reason?: string): void;
  /**
   * Runs `cleanup` when the scope ends, after its fibers; last in, first out. It is shielded from cancellation and deadlines,
   * and has no deadline of its own: what may take forever belongs in a `withTimeout`. What it throws is a failure of the scope.
   *
   * @throws `ScopeClosedError` once the scope has ended; `ArgumentError` if `cleanup` is no function.
   */
  defer(cleanup: () => Operation<unknown> | void): void;
}

export interface ScopeOptions {
  /** In ms of `now()`; Infinity for none. */
  readonly deadline: number;
  /** Whether cancellation from outside stops here. */
  readonly shielded: boolean;
}

/** No deadline, and no shield. */
export const PLAIN: ScopeOptions = { deadline: Infinity, shielded: false };

/**
 * The scope itself. The tree of scopes and fibers is the tree of ownership: a scope has members (fibers spawned in
 * it), a fiber has the chain of scopes that it has opened, from `fiber.scope` outwards. Cancellation runs down this
 * tree and stops at shields; failures run up.
 */
export class Scope implements ScopeHandle {
  readonly loop: RunLoop;
  /** The scope around it; null for the root of a run. */
  readonly parent: Scope | null;
  /** The fiber that opened it and runs its body; null for the root. */
  readonly host: Fiber | null;
  /** Cancellation from outside stops here. */
  readonly shielded: boolean;
  private readonly ownDeadline: number;
  /** Among the loop's timers, for its deadline. */
  instant: Instant<Timed> | null = null;
  previous: Timed | null = null;
  following: Timed | null = null;
  /** Why everything in here is to stop; null while it may go on. */
  cancellation: CancelledError | null = null;
  /** Its deadline passed. */
  expired: boolean = false;
  /** A member was stopped short by this scope's own cancellation. */
  cutShort: boolean = false;
  /** Of a shield: the cancellation that its host had been told of (`told.ts`) when it opened it, restored when it leaves. */
  toldBefore: CancelledError | null = null;
  closed: boolean = false;
  /** The fibers in it, in no order: each knows its slot, and the last one takes the place of one that ends. */
  readonly members: Fiber[] = [];
  /** Its place among the loop's scopes that have members; -1 outside. */
  slot: number = -1;
  /** Members that the scope waits for, and the others. */
  private workers: number = 0;
  private daemons: number = 0;
  private daemonsCancelled: boolean = false;
  /** What failed, with the id of the fiber that threw it. */
  private failures: Map<unknown, number> | null = null;
  private cleanups: Set<{ readonly cleanup: () => Operation<unknown> | void }> | null = null;
  private onEmpty: (() => void) | null = null;

  constructor(loop: RunLoop, parent: Scope | null, host: Fiber | null, options: ScopeOptions) {
    this.loop = loop;
    this.parent = parent;
    this.host = host;
    this.ownDeadline = options.deadline;
    this.shielded = options.shielded;
    if (!options.shielded) this.cancellation = host?.interruption ?? null;
    if (options.deadline < Infinity) loop.setTimer(this, options.deadline);
  }

  get deadline(): number {
    let scope: Scope = this;
    let nearest = scope.ownDeadline;
    while (!scope.shielded && scope.parent !== null) {
      scope = scope.parent;
      nearest = Math.min(nearest, scope.ownDeadline);
    }
    return nearest;
  }

  get isCancelled(): boolean {
    return this.cancellation !== null;
  }

  spawn<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): FiberHandle<T> {
    checkFunction('f', f);
    return this.startMember<T>(f, f(...args), false);
  }

  spawnDaemon<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): FiberHandle<T> {
    checkFunction('f', f);
    return this.startMember<T>(f, f(...args), true);
  }

  cancel(reason = 'the scope was cancelled'): void {
    if (this.closed || this.cancellation !== null) return;
    this.cancelWith(new CancelledError(this, reason));
  }

  defer(cleanup: () => Operation<unknown> | void): void {
    checkFunction('cleanup', cleanup);
    this.addCleanup(cleanup);
  }

  /** As `defer`; returns a function that takes it back. A set, since a million connections are closed in any order. */
  addCleanup(cleanup: () => Operation<unknown> | void): () => void {
    if (this.closed) throw new ScopeClosedError('defer in a scope that has ended');
    const entry = { cleanup };
    const cleanups = (this.cleanups ??= new Set());
    cleanups.add(entry);
    return () => void cleanups.delete(entry);
  }

  /** Starts `operation`, which `body` has made, as a fiber of this scope. */
  startMember<T>(body: Function, operation: Operation<T>, daemon: boolean): Fiber<T> {
    if (this.closed) throw new ScopeClosedError(`spawn of \`${nameOf(body)}\` in a scope that has ended`);
    // From a plain callback it is a child of the fiber that has the scope open.
    if (current.fiber === null && this.host !== null)
      return asFiber(this.host, () => this.startMember(body, operation, daemon));
    const locals = current.fiber === null ? null : current.fiber.locals;
    const fiber = new Fiber<T>(this.loop.spawned, this, iterate(operation, body), locals);
    fiber.slot = this.members.length;
    this.members.push(fiber as Fiber);
    if (fiber.slot === 0) this.loop.population.add(this);
    if (daemon) {
      fiber.more().daemon = true;
      this.daemons++;
      if (this.daemonsCancelled) fiber.cancel(ONLY_DAEMONS);
    } else this.workers++;
    this.loop.start(fiber as Fiber, body);
    return fiber;
  }

  /** The deadline has passed. */
  timeUp(): void {
    this.expired = true;
    if (this.cancellation === null) this.cancelWith(new CancelledError(this, 'the deadline of the scope has passed'));
  }

  /** Cancels `fiber`, a member or the host, and what runs in the scopes that it has opened within this one. */
  interrupt(fiber: Fiber, error: CancelledError): void {
    const reached: Scope[] = [];
    fiber.interrupt(this, error, reached);
    interruptAll(reached, error);
  }

  /** Something in here failed, which cancels the rest and is thrown at the end. `order` is the spawn order. */
  fail(order: number, error: unknown): void {
    this.failures ??= new Map();
    if (!this.failures.has(error)) this.failures.set(error, order);
    if (this.cancellation === null)
      this.cancelWith(new CancelledError(this, 'another fiber of the scope failed', { cause: error }));
  }

  memberEnded(fiber: Fiber, daemon: boolean): void {
    this.remove(fiber);
    if (fiber.hasFailed) this.fail(fiber.id, fiber.outcome);
    else if (fiber.wasCancelled) this.cutShort ||= this.hasStopped(fiber.outcome);
    else if (isOperation(fiber.outcome)) this.fail(fiber.id, neverRun(fiber.name));
    if (daemon) this.daemons--;
    else this.workers--;
    if (this.onEmpty !== null) this.settle();
  }

  /** Whether a fiber that ended with `error` was stopped by this scope's own cancellation, and not by one from elsewhere. */
  hasStopped(error: unknown): boolean {
    return this.cancellation?.source === this && error === this.cancellation;
  }

  /** Calls `onEmpty` once the members have ended: at once, or later. Daemons are cancelled when only they are left. */
  close(onEmpty: () => void): void {
    this.onEmpty = onEmpty;
    this.settle();
  }

  /** Whether whoever has it open waits for its members to end. */
  get isEnding(): boolean {
    return this.onEmpty !== null;
  }

  get hasMembers(): boolean {
    return this.members.length > 0;
  }

  get hasCleanups(): boolean {
    return this.cleanups !== null;
  }

  /** The cleanups still to be run, the newest first; the caller runs them. */
  takeCleanups(): (() => Operation<unknown> | void)[] {
    const taken = this.cleanups === null ? [] : [...this.cleanups].reverse();
    this.cleanups = null;
    return taken.map((entry) => entry.cleanup);
  }

  /** Ends the scope: no more members, no deadline. Throws what went wrong in it, if anything did. */
  end(): void {
    this.closed = true;
    this.loop.unsetTimer(this);
    const failures = this.failures;
    if (failures === null) return;
    const errors = [...failures].sort(([, a], [, b]) => a - b).map(([error]) => error);
    if (errors.length === 1) throw errors[0];
    const more = errors.length > NAMED ? '; …' : '';
    const first = errors.slice(0, NAMED).map(textOf).join('; ');
    throw new AggregateError(errors, `${errors.length} failures in one scope: ${first}${more}`);
  }

  private cancelWith(error: CancelledError): void {
    interruptAll([this], error);
    if (this.host !== null && !this.closed) this.interrupt(this.host, error);
  }

  private settle(): void {
    if (this.workers > 0) return;
    if (this.daemons > 0) {
      if (this.daemonsCancelled) return;
      this.daemonsCancelled = true;
      for (const member of this.members) member.cancel(ONLY_DAEMONS);
      return;
    }
    const onEmpty = this.onEmpty!;
    this.onEmpty = null;
    onEmpty();
  }

  private remove(fiber: Fiber): void {
    const { members, loop } = this;
    const last = members.pop()!;
    loop.population.memberLeaves(this, fiber, last);
    if (last !== fiber) {
      members[fiber.slot] = last;
      last.slot = fiber.slot;
    } else if (members.length === 0) loop.population.remove(this);
  }
}

printAs(Scope, 'Scope', ({ deadline, isCancelled, members }) => ({ deadline, isCancelled, fibers: members.length }));

/**
 * Cancels all members of `reached`, which grows by the scopes that they have opened. No recursion: scopes may nest deeper
 * than the stack.
 */
function interruptAll(reached: Scope[], error: CancelledError): void {
  for (const scope of reached) {
    if (scope.cancellation !== null) continue;
    scope.cancellation = error;
    for (const member of scope.members) member.interrupt(scope, error, reached);
  }
}

const ONLY_DAEMONS = 'only daemons were left in the scope';
/** Most failures that a message names. */
const NAMED = 8;
