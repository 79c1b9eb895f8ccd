import { isObject } from './is-object.js';
import { OpenIterator } from './open-iterator.js';
import { isPlainArray } from './plain-array.js';
import type { GiveWay } from './preempted.js';

/**
 * What a compiled `for…of` goes through by index, if its head declares one name and nothing in its body can suspend. A
 * `for…of` over what this returns has one step, to the list of the items, and is there for what the language does where
 * the loop is left in the middle; a `for` in it reads the items in text of its own. A function would read those of all
 * loops of the program, and V8 makes slow code of it once they were in arrays of several kinds.
 *
 * The loop ends when its budget does, and a loop around it asks for the time, gives way, and enters it again for the rest.
 */
export function indexed<T>(iterable: Iterable<T>): ArrayItems<T> | OtherItems<T> {
  const method: unknown = (iterable as Iterable<T> | null | undefined)?.[Symbol.iterator];
  return isPlainArray(iterable, method) ? new ArrayItems<T>(iterable) : new OtherItems<T>(iterable, method);
}

/** Items that are there. It has no `return`, like the iterator of an array, and for speed no class above it. */
class ArrayItems<T> implements Iterator<readonly T[]> {
  readonly done: false = false;
  readonly value: readonly T[];
  /** The index of the next item. */
  at: number = 0;

  constructor(array: readonly T[]) {
    this.value = array;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorYieldResult<readonly T[]> {
    return this;
  }

  /** Behind the last item of the list: the index of one more, or below 0. */
  more(): number {
    return -1;
  }

  /** The loop is left to give way, before the item at `index`. */
  leave(index: number): void {
    this.at = index;
  }

  /** What to wait for while others run: `operation`, and if it throws, what the loop then has to do. */
  turn(operation: GiveWay): GiveWay {
    return operation;
  }
}

/** A list of one item, which is always the newest of an iterator. */
class OtherItems<T> extends OpenIterator<T> {
  readonly done: false = false;
  readonly value: [T] = [undefined as T];
  readonly at: number = 1;
  /** Whether the loop is in its body: from elsewhere it is left without `return`. */
  private isInBody: boolean;

  /** Were it left out, it would iterate its arguments, and programs may change how arrays are iterated. */
  constructor(iterable: Iterable<T>, method: unknown) {
    super(iterable, method);
    this.isInBody = false;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorYieldResult<readonly [T]> {
    return this;
  }

  more(): number {
    this.isInBody = false;
    const result = apply(this.step, this.iterator, []) as IteratorResult<T>;
    if (!isObject(result)) throw new TypeError(`Iterator result ${String(result)} is not an object`);
    if (result.done) return -1;
    this.value[0] = result.value;
    this.isInBody = true;
    return 0;
  }

  leave(): void {
    this.isInBody = false;
  }

  /** Called where the loop is left, and not entered again or not yet. */
  return(): object {
    return this.isInBody ? this.close() : this;
  }
}

const { apply } = Reflect;
