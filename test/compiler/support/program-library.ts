import { all, call, moveOnAfter, shield, sleep, until, withTimeout, yieldNow, type Operation } from 'heddle';
import { makeLibrary } from './library.js';

const { take, map, peek, relay, drain } = makeLibrary(() => {});

const operations = { all, call, moveOnAfter, shield, sleep, until, withTimeout, yieldNow, fail, instant };
/** What random programs call, none of it compiled. */
export const programLibrary = { ...operations, take, map, peek, relay, drain, count, ms };

/** Counts, and knows what does not belong there. */
function count(iterable: Iterable<unknown>): number {
  let n = 0;
  for (const value of iterable) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error))
      throw new TypeError(`received something foreign: ${String(value)}`);
    n++;
  }
  return n;
}

/** A duration made of anything. */
function ms(value: unknown): number {
  return Math.abs(Number(value) | 0) % 4;
}

function* fail(value: unknown): Operation<never> {
  yield* sleep(1);
  throw new RangeError(`failed ${String(value)}`);
}

/** An operation that never waits. */
function* instant<T>(value: T): Operation<T> {
  return value;
}
