import type { Operation } from '../../fibers/operation.js';

/**
 * What a compiled `for…of` iterates, in place of `iterable`, if nothing in its body can suspend. The loop cannot either, and
 * that is the point: V8 then takes `next` for a constant and inlines it, as it does in no loop with a suspension. Instead
 * it ends after `budget` steps, and a loop around it asks for the time, gives way, and enters it again for the rest.
 *
 * As in any `for…of` the iterator is made, and its `next` read, once.
 *
 * @param _moved `$b = 0`: the budget is in the iteration's hand while that runs, also if it is left in the middle
 */
export function each<T>(iterable: Iterable<T>, budget: number, _moved: 0): Iteration<T> {
  const method: unknown = (iterable as Iterable<T> | null | undefined)?.[Symbol.iterator];
  // Whatever has them: subclasses and proxies too.
  if (method === arrayValues && Array.isArray(iterable) && isPristine()) return new ArrayIteration<T>(iterable, budget);
  if (typeof method !== 'function') throw new TypeError(`${nameOf(iterable)} is not iterable`);
  return new OtherIteration<T>(apply(method, iterable, []) as Iterator<T>, budget);
}

/** A `for…of` in the middle of it. */
abstract class Iteration<T> {
  /** How many steps there may be until somebody asks for the time; below 0 when one was one too many. */
  abstract left: number;
  abstract [Symbol.iterator](): Iterator<T>;

  /** Sets what `pause` returned. False: first others have to run, and at least one step comes after them. */
  again(budget: number): boolean {
    this.left = budget < 0 ? 1 : budget;
    return budget >= 0;
  }

  /** What to wait for while others run: `operation`, and if it throws, what the loop then has to do. */
  turn(operation: Operation<void>): Operation<void> {
    return operation;
  }
}

/**
 * Does what an array's own iterator does, and is its own result, which only the loop sees: otherwise there were one for
 * each step. It has no `return`, like that of arrays.
 */
class ArrayIteration<T> extends Iteration<T> implements Iterator<T> {
  done: boolean = false;
  value: T | undefined = undefined;
  private readonly array: readonly T[];
  private index: number = 0;
  /** The index before which somebody asks for the time: comparing is cheaper than counting down. */
  private stop: number;

  constructor(array: readonly T[], budget: number) {
    super();
    this.array = array;
    this.stop = budget;
  }

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
}

class OtherIteration<T> extends Iteration<T> implements Iterator<T> {
  left: number;
  private readonly iterator: Iterator<T>;
  private readonly step: Iterator<T>['next'];

  constructor(iterator: Iterator<T>, budget: number) {
    super();
    this.left = budget;
    if (!isObject(iterator)) throw new TypeError('Result of the Symbol.iterator method is not an object');
    this.iterator = iterator;
    this.step = iterator.next;
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
    const { return: close } = this.iterator;
    return close === undefined || close === null ? PAUSED : apply(close, this.iterator, []);
  }

  /** An error that is thrown where it waits was thrown in the loop: it closes the iterator, as another `for…of` does it. */
  override *turn(operation: Operation<void>): Operation<void> {
    let isOver = false;
    const once: Iterator<unknown> = {
      next: () => ({ done: isOver, value: undefined }),
      return: () => this.return(),
    };
    for (const _ of { [Symbol.iterator]: () => once }) {
      yield* operation;
      isOver = true;
    }
  }
}

/** Nobody has changed how arrays are iterated. */
function isPristine(): boolean {
  return arrayIterators.next === arrayNext && arrayIterators.return === undefined;
}

/** For a message; what is an object is not asked anything, which it could notice. */
function nameOf(value: unknown): string {
  return isObject(value) ? typeof value : String(value);
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

const { apply } = Reflect;
const PAUSED: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

const arrayValues = Array.prototype.values;
const arrayIterators = Object.getPrototypeOf([].values()) as Iterator<unknown>;
const { next: arrayNext } = arrayIterators;
