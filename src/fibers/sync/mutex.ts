import { MisuseError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import type { Fiber, FiberHandle } from '../fiber.js';
import { Label } from '../label.js';
import type { Operation } from '../operation.js';
import type { SuspensionKind } from '../suspension.js';
import { permitKind, PermitPool } from './permit-pool.js';
import type { Permit, Semaphore } from './semaphore.js';

/**
 * Lets one fiber in at a time. Not re-entrant: a fiber that locks it twice would wait for itself, which is reported at
 * once. Needed only around several suspensions that belong together; between two suspensions no other fiber runs.
 */
export interface Mutex extends Semaphore {
  /** Who holds it. */
  readonly holder: FiberHandle | null;
  /**
   * Waits until it is free and takes it.
   *
   * @throws `MisuseError` if the calling fiber holds it already.
   * Suspends: while another holds it. If cancelled: throws; it was not taken.
   */
  lock(): Operation<Permit>;
  /**
   * Runs `operation` while holding it.
   *
   * @throws as `lock` does; what the operation throws.
   * Suspends: while another holds it, then as the operation does. If cancelled: throws without having begun, or as the
   * operation does.
   */
  withLock<T>(operation: Operation<T>): Operation<T>;
}

/** The mutex itself. */
export class MutexPool extends PermitPool implements Mutex {
  constructor(options: { name?: string }) {
    super(1, options, options.name === undefined ? LOCK : permitKind(new Label('mutex.lock', options.name)));
  }

  lock(): Operation<Permit> {
    return this.acquire();
  }

  withLock<T>(operation: Operation<T>): Operation<T> {
    return this.withPermit(operation);
  }

  override get text(): string {
    return this.name === null ? 'a mutex' : `mutex \`${this.name}\``;
  }

  override grant(fiber: Fiber, count: number): Permit | null {
    if (this.available === 0 && this.holder === fiber)
      throw new MisuseError(
        `Fiber ${fiber.id} (${fiber.name}) locks ${this.text} while it holds it: it would wait for itself`,
      );
    return super.grant(fiber, count);
  }

  get holder(): Fiber | null {
    for (const permit of this.holders()) return permit.holder;
    return null;
  }
}

printAs(MutexPool, 'Mutex', (one) => ({ name: one.name, holder: one.holder, waiting: one.stats().waiting }));

const LOCK: SuspensionKind<PermitPool, number, Permit> = permitKind(new Label('mutex.lock'));

/**
 * Makes a `Mutex`. `name` is how the graph and its dump of locks show it. A plain call.
 *
 * @throws `ArgumentError`.
 *
 * @example
 * const account = mutex({ name: 'account' });
 * let balance = 100;
 * function* withdraw(amount: number): Operation<void> {
 *   const before = balance;
 *   yield* sleep(1);
 *   balance = before - amount;
 * }
 * yield* all([30, 20].map((amount) => account.withLock(withdraw(amount))));
 * console.log(balance); // 50
 */
export function mutex(options: { name?: string } = {}): Mutex {
  checkKnown('mutex', options, { name: true });
  return new MutexPool(options);
}
