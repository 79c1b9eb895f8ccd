import { checkInteger, expected } from '../../base/check.js';
import { Label } from '../label.js';
import { permitKind, Semaphore } from './semaphore.js';

/**
 * Something that the program knows there is only so much of: connections of a database, places in a queue of a disk,
 * seats of a licence. It is a semaphore with a name, whose capacity may change while it is used; admission reckons with
 * it as with processor and memory.
 */
export class Resource extends Semaphore {
  constructor(name: string, capacity: number) {
    super(capacity, { name }, permitKind(new Label('resource.acquire', name)));
  }

  override get text(): string {
    return `resource \`${this.name}\``;
  }

  /** From now on there is so much of it. Below what is in use, nothing is granted until enough has come back. */
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
  if (typeof name !== 'string' || name === '') throw expected('name', 'a text', name);
  return new Resource(name, options?.capacity);
}
