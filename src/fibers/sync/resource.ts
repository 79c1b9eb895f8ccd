import { checkInteger, checkText } from '../../base/check.js';
import type { Fiber } from '../fiber.js';
import { Label } from '../label.js';
import type { RunLoop } from '../run-loop.js';
import { noteResource } from './resources-of.js';
import { permitKind, Semaphore, type Permit } from './semaphore.js';

/**
 * Something that the program knows there is only so much of: connections of a database, places in a queue of a disk,
 * seats of a licence. It is a semaphore with a name, whose capacity may change while it is used; admission reckons with
 * it as with processor and memory.
 */
export class Resource extends Semaphore {
  /** Of the fiber that asked for it last. */
  private loop: RunLoop | null = null;

  constructor(name: string, capacity: number) {
    super(capacity, { name }, permitKind(new Label('resource.acquire', name)));
  }

  override get text(): string {
    return `resource \`${this.name}\``;
  }

  override grant(fiber: Fiber, count: number): Permit | null {
    if (this.loop !== fiber.loop) noteResource((this.loop = fiber.loop), this);
    return super.grant(fiber, count);
  }

  /**
   * From now on there is so much of it. Below what is in use, nothing is granted until enough has come back. A fiber that
   * waits for more than there is now waits until it is resized again, and holds up those behind it.
   */
  resize(capacity: number): void {
    checkInteger('capacity', capacity, 1, Infinity);
    this.changeCapacity(capacity);
  }
}

/**
 * Declares a resource.
 *
 * @throws `ArgumentError` unless the capacity is an integer of at least 1.
 * @example
 * const database = resource('database', { capacity: 20 });
 * const rows = yield* database.withPermit(query('select …'));
 */
export function resource(name: string, options: { readonly capacity: number }): Resource {
  checkText('name', name);
  return new Resource(name, options?.capacity);
}
