import { checkInteger, checkText } from '../../base/check.js';
import { OverloadError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import type { Fiber } from '../fiber.js';
import { Label } from '../label.js';
import type { RunLoop } from '../run-loop.js';
import { WAITING } from '../suspension.js';
import { permitKind, PermitPool } from './permit-pool.js';
import { noteResource } from './resources-of.js';
import type { Permit, Semaphore } from './semaphore.js';

/**
 * Something that the program knows to be limited: connections of a database, places in the queue of a disk, seats of a licence.
 * It is a semaphore with a name, whose capacity may change while it is used; admission takes it into account as it does
 * processor and memory.
 */
export interface Resource extends Semaphore {
  /**
   * Changes the capacity. Below what is in use, nothing is granted until enough has come back. Fibers that wait for more than
   * the new capacity get an `OverloadError`: they would hold up those behind them for nothing.
   *
   * @throws `ArgumentError` unless the capacity is an integer of at least 1, or `Infinity`.
   */
  resize(capacity: number): void;
}

/** The resource itself. */
export class ResourcePool extends PermitPool implements Resource {
  override readonly isDeclared: boolean = true;
  /** The loop of the fiber that asked for it last. */
  private loop: RunLoop | null = null;

  constructor(name: string, capacity: number) {
    super(capacity, { name }, permitKind(new Label('resource.acquire', name)));
  }

  override get text(): string {
    return `resource \`${this.name}\``;
  }

  override grant(fiber: Fiber, count: number): Permit | null {
    if (this.loop !== fiber.loop) noteResource((this.loop = fiber.loop), this);
    if (count > this.capacity) throw this.tooMuch(count);
    return super.grant(fiber, count);
  }

  resize(capacity: number): void {
    checkInteger('capacity', capacity, 1, Infinity);
    this.total = capacity;
    for (const waiter of Array.from(this.waiters)) {
      const count = waiter.argument as number;
      // Failing a branch of a select removes its other branches.
      if (count <= capacity || waiter.phase !== WAITING) continue;
      this.waiters.remove(waiter);
      waiter.fail(this.tooMuch(count));
    }
    this.grantWaiting();
  }

  private tooMuch(count: number): OverloadError {
    return new OverloadError(`${count} of ${this.text} were asked for, which has been resized to ${this.capacity}`);
  }
}

printAs(ResourcePool, 'Resource', (one) => ({ name: one.name, ...one.stats() }));

/**
 * Declares a resource.
 *
 * @throws `ArgumentError` unless the name is a text and the capacity an integer of at least 1, or `Infinity`.
 * @example
 * const database = resource('database', { capacity: 20 });
 * const rows = yield* database.withPermit(query('select …'));
 */
export function resource(name: string, options: { readonly capacity: number }): Resource {
  checkText('name', name);
  checkKnown('resource', options, { capacity: true });
  return new ResourcePool(name, options.capacity);
}
