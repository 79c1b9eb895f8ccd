import { isObject } from './is-object.js';
import type { GiveWay } from './preempted.js';

/** The iterator of a `for…of` under way. As the language requires, it is made, and its `next` read, once. */
export class OpenIterator<T> {
  protected readonly iterator: Iterator<T>;
  protected readonly step: Iterator<T>['next'];

  /** @param method the `Symbol.iterator` of `iterable` */
  constructor(iterable: Iterable<T>, method: unknown) {
    if (typeof method !== 'function') throw new TypeError(`${nameOf(iterable)} is not iterable`);
    const iterator = apply(method, iterable, []) as Iterator<T>;
    if (!isObject(iterator)) throw new TypeError('Result of the Symbol.iterator method is not an object');
    this.iterator = iterator;
    this.step = iterator.next;
  }

  /**
   * What to `yield*` in order to give way. An error thrown into `operation` counts as thrown in the loop body, so the iterator
   * has to be closed; an inner `for…of` does so with the exact semantics of the language.
   */
  *turn(operation: GiveWay): Generator<never, void, unknown> {
    let isOver = false;
    const once: Iterator<unknown> = {
      next: () => ({ done: isOver, value: undefined }),
      return: () => this.close(),
    };
    for (const _ of { [Symbol.iterator]: () => once }) {
      yield* operation;
      isOver = true;
    }
  }

  /** Calls the iterator's `return`, if it has one, as `for…of` does. */
  protected close(): IteratorResult<T> {
    const { return: close } = this.iterator;
    return close === undefined || close === null ? CLOSED : apply(close, this.iterator, []);
  }
}

/** For a message. An object is not asked for anything, which the program could observe. */
function nameOf(value: unknown): string {
  return isObject(value) ? typeof value : String(value);
}

const { apply } = Reflect;
const CLOSED: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });
