import { isObject } from './is-object.js';
import type { GiveWay } from './preempted.js';

/** The iterator of a `for…of` in the middle of it. As in any `for…of` it is made, and its `next` read, once. */
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
   * What to wait for while others run: `operation`. An error that is thrown where it waits was thrown in the loop: it
   * closes the iterator, as another `for…of` does it.
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

  /** What `for…of` gets of an iterator's `return`, if it has one. */
  protected close(): IteratorResult<T> {
    const { return: close } = this.iterator;
    return close === undefined || close === null ? CLOSED : apply(close, this.iterator, []);
  }
}

/** For a message; what is an object is not asked anything, which it could notice. */
function nameOf(value: unknown): string {
  return isObject(value) ? typeof value : String(value);
}

const { apply } = Reflect;
const CLOSED: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });
