import { checkFunction, checkGoal, checkPriority, checkText } from '../base/check.js';
import { CancelledError, FiberCancelledError, OverloadError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { checkKnown } from '../base/known-options.js';
import { nameOf } from '../base/name-of.js';
import { currentFiber } from './current.js';
import type { Fiber } from './fiber.js';
import { Work, type Admitted, type Entry, type Refusal } from './governor.js';
import { Label } from './label.js';
import type { Operation, OperationFunction } from './operation.js';
import { ownedBy } from './owned.js';
import type { Scope } from './scope.js';
import { checkOperation, inSegment } from './segment.js';
import { shield } from './shield.js';
import { Suspension, SuspensionKind } from './suspension.js';
import { tellWhere } from './tell-where.js';

export interface GateOptions {
  /** How snapshots and errors call it. */
  readonly name: string;
  /** How long one piece of work may take, in ms, before its result is worthless. */
  readonly goal: number;
  /**
   * Whether work waits for as long as it takes instead of being refused: for what a program fetches itself and nobody waits for,
   * such as the messages of a queue or the pages of a crawl. False unless given.
   */
  readonly patient?: boolean;
  /**
   * Its work's share of the processor relative to other work; 1 unless given, less for background work. Above 1 it is let in at
   * once, within bounds.
   */
  readonly priority?: number;
}

/** Admission control for work that does not come through a server of heddle's: lets in what the resources can do in time. */
export interface Gate {
  /**
   * Runs `f(...args)` in a fiber of its own as soon as there is room, and returns its result. Whether there is room depends on
   * what functions of the name of `f` have cost so far. Take locks in `f` and not around the call: what was let in before may
   * wait for them, and makes no room until it has ended.
   *
   * @throws `OverloadError` if it was not let in; nothing was begun. What `f` throws.
   * Suspends: until the work has been let in and has ended. If cancelled: waiting work is withdrawn, work that has begun is
   * cancelled; throws once that has ended, unless it was complete.
   */
  admit<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): Operation<T>;
}

/** Opens a gate, which is closed when the current scope ends. */
export function gate(options: GateOptions): Gate {
  checkKnown<GateOptions>('gate', options, { name: true, goal: true, patient: true, priority: true });
  const { name, goal, patient = false, priority = 1 } = options;
  checkText('name', name);
  checkGoal('goal', goal);
  checkPriority('priority', priority);
  const { scope } = currentFiber('gate');
  const entry = scope.loop.openEntry({ name, goal, patient });
  if (entry !== null) ownedBy(scope, () => entry.close());
  return { admit: (f, ...args) => admit(entry, name, priority, f, args) };
}

function* admit<A extends readonly unknown[], T>(
  entry: Entry | null,
  name: string,
  priority: number,
  f: OperationFunction<A, T>,
  args: A,
): Operation<T> {
  checkFunction('f', f);
  const operation = checkOperation(f(...args), f);
  if (entry === null) return yield* inSegment(operation);
  const work = new GateWork<T>(nameOf(f), priority, name, currentFiber('admit').scope, operation);
  const child = yield* new Suspension<Fiber<void>>(ADMISSION, entry, work);
  try {
    yield* child.join();
  } catch (error) {
    // As after a call the caller goes on once the work has ended: its locks and messages are in use until then.
    if (!child.hasEnded) {
      child.cancel('the fiber that waited for it was cancelled');
      yield* ended(child);
    }
    // Work that was complete has its result all the same, and work stopped by the back-stop an `OverloadError`.
    if (!work.isSettled) throw error;
  }
  return work.result();
}

/** Waits for a fiber that was cancelled, even in one that is cancelled itself. */
function* ended(fiber: Fiber): Operation<void> {
  try {
    yield* shield(fiber.join(), { within: Infinity });
  } catch (error) {
    if (!isInstance(error, FiberCancelledError)) throw error;
  }
}

class GateWork<T> extends Work {
  suspension: Suspension<Fiber<void>> | null = null;
  private readonly entry: string;
  private readonly scope: Scope;
  private readonly operation: Operation<T>;
  /** Null until it has returned or thrown, other than by a cancellation. */
  private outcome: { readonly value: T } | { readonly thrown: unknown } | null = null;

  constructor(kind: string, priority: number, entry: string, scope: Scope, operation: Operation<T>) {
    super(kind, priority, true);
    this.entry = entry;
    this.scope = scope;
    this.operation = operation;
  }

  begin(admitted: Admitted): void {
    this.suspension!.complete(this.scope.startMember<void>(admitted.body, this.run(admitted), false));
  }

  refuse({ reason, retryAfterMs }: Refusal): void {
    const error = new OverloadError(`${this.entry}: not let in, because of ${reason}. Try again in ${retryAfterMs} ms`);
    this.suspension!.fail(error);
  }

  get isSettled(): boolean {
    return this.outcome !== null;
  }

  /** Its value, once it is settled; throws what it threw, which concerns the caller and not the scope. */
  result(): T {
    const outcome = this.outcome!;
    if ('thrown' in outcome) throw outcome.thrown;
    return outcome.value;
  }

  private *run(admitted: Admitted): Operation<void> {
    try {
      this.outcome = { value: yield* inSegment(this.operation) };
    } catch (error) {
      const stopped = isInstance(error, CancelledError);
      if (!stopped || error.cause instanceof OverloadError) this.outcome = { thrown: stopped ? error.cause : error };
      if (stopped) throw error;
      tellWhere(error);
    } finally {
      admitted.end();
    }
  }
}

const ADMISSION: SuspensionKind<Entry, GateWork<unknown>, Fiber<void>> = new SuspensionKind({
  label: new Label('admission'),
  arm(suspension) {
    const work = suspension.argument;
    work.suspension = suspension;
    suspension.subject.offer(work);
  },
  abort(suspension) {
    suspension.subject.withdraw(suspension.argument);
  },
});
