import { checkInteger } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import type { Fiber } from '../fiber.js';
import { Label } from '../label.js';
import type { Operation } from '../operation.js';
import type { Pool } from '../pool.js';
import { Suspension, SuspensionKind, WAITING } from '../suspension.js';
import { WaitList } from '../wait-list.js';
import { checkOperation, inSegment } from '../segment.js';
import type { Permit, Semaphore, SemaphoreStats } from './semaphore.js';

/** A permit that is held. Linked with the others of its pool, so that the dump can name the holders. */
class IssuedPermit implements Permit {
  readonly count: number;
  readonly holder: Fiber;
  private readonly pool: PermitPool;
  private released: boolean = false;
  previous: IssuedPermit | null = null;
  following: IssuedPermit | null = null;

  constructor(pool: PermitPool, holder: Fiber, count: number) {
    this.pool = pool;
    this.holder = holder;
    this.count = count;
  }

  release(): void {
    if (this.released) throw new MisuseError(`This permit of ${this.pool.text} has been released already`);
    this.released = true;
    this.pool.takeBack(this);
  }

  [Symbol.dispose](): void {
    if (!this.released) this.release();
  }
}

printAs(IssuedPermit, 'Permit', ({ count, holder }) => ({ count, holder }));

/** What semaphores, mutexes and resources have in common: knows who holds its permits and who waits, which the dump shows. */
export class PermitPool implements Semaphore, Pool {
  readonly name: string | null;
  readonly isDeclared: boolean = false;
  readonly servesWhileWaiting: boolean = false;
  protected total: number;
  readonly waiters: WaitList = new WaitList();
  /** Permits granted so far, and the number of grants. */
  granted: number = 0;
  grants: number = 0;
  private taken: number = 0;
  private newest: IssuedPermit | null = null;
  protected readonly kind: SuspensionKind;

  constructor(capacity: number, options: { name?: string } = {}, kind?: SuspensionKind) {
    checkInteger('capacity', capacity, 1, Infinity);
    this.total = capacity;
    this.name = options.name ?? null;
    this.kind = kind ?? (this.name === null ? ACQUIRE : acquireKind(this.name));
  }

  acquire(count: number = 1): Operation<Permit> {
    checkInteger('count', count, 1, Math.min(this.capacity, Number.MAX_SAFE_INTEGER));
    return new Suspension<Permit>(this.kind, this, count);
  }

  *withPermit<T>(operation: Operation<T>): Operation<T> {
    const permit = yield* this.acquire();
    try {
      return yield* inSegment(checkOperation(operation));
    } finally {
      permit.release();
    }
  }

  get capacity(): number {
    return this.total;
  }

  get available(): number {
    return this.total - this.taken;
  }

  get used(): number {
    return this.taken;
  }

  /** How errors and dumps call it. */
  get text(): string {
    return this.name === null ? 'a semaphore' : `semaphore \`${this.name}\``;
  }

  /** The permits that are held, the newest first. */
  *holders(): Generator<IssuedPermit, void, void> {
    for (let permit = this.newest; permit !== null; permit = permit.following) yield permit;
  }

  stats(): SemaphoreStats {
    return Object.freeze({ capacity: this.capacity, available: this.available, waiting: this.waiters.size });
  }

  /** Grants if it can be done now and nobody waits. */
  grant(fiber: Fiber, count: number): Permit | null {
    if (this.waiters.size > 0 || count > this.available) return null;
    return this.issue(fiber, count);
  }

  /** A permit comes back and goes to those that have waited longest. */
  takeBack(permit: IssuedPermit): void {
    if (permit.previous === null) this.newest = permit.following;
    else permit.previous.following = permit.following;
    if (permit.following !== null) permit.following.previous = permit.previous;
    permit.previous = permit.following = null;
    this.taken -= permit.count;
    const { extras } = permit.holder;
    // Null once the holder has ended.
    if (extras !== null) extras.permits -= permit.count;
    this.grantWaiting();
  }

  /** Hands out what is free, in order. */
  grantWaiting(): void {
    for (let next = this.next(); next !== null; next = this.next()) {
      this.waiters.remove(next);
      next.complete(this.issue(next.fiber!, next.argument as number));
    }
  }

  /**
   * The first that waits, if there is enough for it. It does not hold up what comes right behind it of the same select. One that
   * no longer waits is a branch of a select with another answer, about to leave, and `abort` then calls `grantWaiting` again.
   */
  private next(): Suspension | null {
    const first = this.waiters.peek();
    for (let one = first; one !== null; one = one.following) {
      if (one !== first && (one.branchOf === null || one.branchOf !== first!.branchOf)) return null;
      if (one.phase === WAITING && (one.argument as number) <= this.available) return one;
    }
    return null;
  }

  private issue(fiber: Fiber, count: number): IssuedPermit {
    const permit = new IssuedPermit(this, fiber, count);
    this.taken += count;
    this.granted += count;
    this.grants++;
    fiber.more().permits += count;
    permit.following = this.newest;
    if (this.newest !== null) this.newest.previous = permit;
    this.newest = permit;
    return permit;
  }
}

printAs(PermitPool, 'Semaphore', (one) => ({ name: one.name, ...one.stats() }));

function acquireKind(name: string | null): SuspensionKind<PermitPool, number, Permit> {
  return permitKind(new Label('semaphore.acquire', name));
}

/** The waiting that semaphores and mutexes share. */
export function permitKind(label: Label): SuspensionKind<PermitPool, number, Permit> {
  return new SuspensionKind({
    label,
    attempt(suspension, fiber) {
      const permit = suspension.subject.grant(fiber, suspension.argument);
      return permit !== null && suspension.finish(permit);
    },
    arm(suspension) {
      const pool = suspension.subject;
      const { node } = suspension.fiber!;
      if (node !== null) node.pool = pool;
      pool.waiters.push(suspension);
    },
    abort(suspension) {
      const pool = suspension.subject;
      pool.waiters.remove(suspension);
      // It may have been large and first, in the way of smaller ones.
      pool.grantWaiting();
    },
  });
}

const ACQUIRE: SuspensionKind<PermitPool, number, Permit> = acquireKind(null);
