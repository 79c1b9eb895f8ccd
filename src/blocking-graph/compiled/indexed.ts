import { isObject } from './is-object.js';
import { OpenIterator } from './open-iterator.js';
import { isPlainArray } from './plain-array.js';
import type { GiveWay } from './preempted.js';

/**
 * What a compiled `for…of` traverses by index, if its head declares one name and nothing in its body can suspend. The emitted
 * code is a `for…of` over the result of this function, which has a single step, to the list of items; it serves to call
 * `return` when the loop is left in the middle. A `for` inside it reads the items by index. That is emitted in place, since
 * a shared function would serve all loops of the program, and be slow once V8 has seen arrays of several kinds in it.
 *
 * The loop ends when its budget does; a loop around it checks the time, gives way, and enters it again for the rest.
 */
export function indexed<T>(iterable: Iterable<T>): ArrayItems<T> | OtherItems<T> {
  const method: unknown = (iterable as Iterable<T> | null | undefined)?.[Symbol.iterator];
  return isPlainArray(iterable, method) ? new ArrayItems<T>(iterable) : new OtherItems<T>(iterable, method);
}

/** The items of an array. Like the iterators of arrays it has no `return`; for speed it has no base class. */
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

  /** Called after the last item of the list: returns the index of one more, or a negative number. */
  more(): number {
    return -1;
  }

  /** The loop is left before the item at `index`, to give way. */
  leave(index: number): void {
    this.at = index;
  }

  /** What to `yield*` in order to give way: `operation`, with the clean-up that the loop owes if it throws. */
  turn(operation: GiveWay): GiveWay {
    return operation;
  }
}

/** A list of one item: always the newest one of an iterator. */
class OtherItems<T> extends OpenIterator<T> {
  readonly done: false = false;
  readonly value: [T] = [undefined as T];
  readonly at: number = 1;
  /** Whether the loop is in its body: only when it is left from there is `return` called. */
  private isInBody: boolean;

  /** Written out, since an implicit constructor spreads its arguments, and programs may patch the iteration of arrays. */
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

  /** Called when the loop is left, be it for good or to give way. */
  return(): object {
    return this.isInBody ? this.close() : this;
  }
}

const { apply } = Reflect;
