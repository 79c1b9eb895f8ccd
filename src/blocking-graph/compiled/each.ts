import { OpenIterator } from './open-iterator.js';
import { isPlainArray } from './plain-array.js';
import type { GiveWay } from './preempted.js';

/**
 * What a compiled `for…of` iterates in place of `iterable`, if nothing in its body can suspend and `indexed` does not apply.
 * The emitted loop does not suspend either, which is the point: V8 then treats `next` as a constant and inlines it, as it
 * never does in a loop with a suspension. Instead the loop ends after `budget` steps; a loop around it checks the time,
 * gives way, and enters it again for the rest.
 *
 * @param _moved `$b = 0`: the iteration holds the budget while it runs, and the loop may be left in the middle
 */
export function each<T>(iterable: Iterable<T>, budget: number, _moved: 0): ArrayIteration<T> | OtherIteration<T> {
  const method: unknown = (iterable as Iterable<T> | null | undefined)?.[Symbol.iterator];
  return isPlainArray(iterable, method)
    ? new ArrayIteration<T>(iterable, budget)
    : new OtherIteration<T>(iterable, method, budget);
}

/**
 * Does what an array's own iterator does. It is its own result object, which only the loop sees, to save an allocation for
 * each step. Like the iterators of arrays it has no `return`.
 */
class ArrayIteration<T> implements Iterator<T> {
  done: boolean = false;
  value: T | undefined = undefined;
  private readonly array: readonly T[];
  private index: number = 0;
  /** The index at which the budget is used up: comparing is cheaper than counting down. */
  private stop: number;

  constructor(array: readonly T[], budget: number) {
    this.array = array;
    this.stop = budget;
  }

  /** How many steps are left of the budget; below 0 if the loop ended because there was none for the next step. */
  get left(): number {
    return this.stop - this.index;
  }

  set left(left: number) {
    this.stop = this.index + left;
  }

  [Symbol.iterator](): this {
    this.done = false;
    return this;
  }

  next(): IteratorResult<T> {
    const { array, index } = this;
    if (index < this.stop) {
      // A proxy may return anything as its length; for a real array V8 optimises the conversion away.
      if (index < Math.trunc(+array.length)) {
        this.index = index + 1;
        this.value = array[index];
        return this as unknown as IteratorResult<T>;
      }
    } else {
      this.left = -1;
    }
    this.done = true;
    return this as unknown as IteratorResult<T>;
  }

  turn(operation: GiveWay): GiveWay {
    return operation;
  }
}

class OtherIteration<T> extends OpenIterator<T> implements Iterator<T> {
  left: number;

  constructor(iterable: Iterable<T>, method: unknown, budget: number) {
    super(iterable, method);
    this.left = budget;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** V8 compiles `apply` to a plain call if the argument list is a literal. */
  next(): IteratorResult<T> {
    return --this.left >= 0 ? apply(this.step, this.iterator, []) : PAUSED;
  }

  /** Called when the loop is left in the middle. */
  return(): IteratorResult<T> {
    return this.close();
  }
}

const { apply } = Reflect;
const PAUSED: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });
