import { OpenIterator } from './open-iterator.js';
import { isPlainArray } from './plain-array.js';
import type { GiveWay } from './preempted.js';

/**
 * What a compiled `for…of` iterates, in place of `iterable`, if nothing in its body can suspend, and `indexed` is not for
 * it. The loop cannot suspend either, and that is the point: V8 then takes `next` for a constant and inlines it, as it
 * does in no loop with a suspension. Instead it ends after `budget` steps, and a loop around it asks for the time, gives
 * way, and enters it again for the rest.
 *
 * @param _moved `$b = 0`: the budget is in the iteration's hand while that runs, also if it is left in the middle
 */
export function each<T>(iterable: Iterable<T>, budget: number, _moved: 0): ArrayIteration<T> | OtherIteration<T> {
  const method: unknown = (iterable as Iterable<T> | null | undefined)?.[Symbol.iterator];
  return isPlainArray(iterable, method)
    ? new ArrayIteration<T>(iterable, budget)
    : new OtherIteration<T>(iterable, method, budget);
}

/**
 * Does what an array's own iterator does, and is its own result, which only the loop sees: otherwise there were one for
 * each step. It has no `return`, like that of arrays.
 */
class ArrayIteration<T> implements Iterator<T> {
  done: boolean = false;
  value: T | undefined = undefined;
  private readonly array: readonly T[];
  private index: number = 0;
  /** The index before which somebody asks for the time: comparing is cheaper than counting down. */
  private stop: number;

  constructor(array: readonly T[], budget: number) {
    this.array = array;
    this.stop = budget;
  }

  /** How many steps there may be until somebody asks for the time; below 0 when one was one too many. */
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
      // A proxy may say that its length is anything; for an array V8 leaves that conversion out.
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

  /** V8 makes a plain call of `apply` where the list is written in place. */
  next(): IteratorResult<T> {
    return --this.left >= 0 ? apply(this.step, this.iterator, []) : PAUSED;
  }

  /** Called where the loop is left in the middle. */
  return(): IteratorResult<T> {
    return this.close();
  }
}

const { apply } = Reflect;
const PAUSED: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });
