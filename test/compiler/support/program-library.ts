import { all, call, moveOnAfter, shield, sleep, until, withTimeout, yieldNow, type Operation } from 'heddle';
import { makeLibrary } from './library.js';

const { take, map, peek, relay, drain } = makeLibrary(() => {});

const operations = { all, call, moveOnAfter, shield, sleep, until, withTimeout, yieldNow, fail, instant };
/** What random programs call, none of it compiled. */
export const programLibrary = { ...operations, take, map, peek, relay, drain, count, ms, nasty };

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

/**
 * An iterable of three numbers that fails in one of several places, or is merely unusual, and traces who asks it for what.
 */
function nasty(how: unknown, t: <T>(id: number, value: T) => T): Iterable<number> {
  const kind = Math.abs(Number(how) | 0) % 8;
  let count = 0;
  const next = (value?: unknown): unknown => {
    t(-1, value);
    if (kind === 1 && count === 1) throw new Error('next failed');
    if (kind === 2 && count === 1) return 'no object';
    if (kind === 3) return Object.create({ done: count === 3, value: count++ });
    return { done: count === 3, value: count++ };
  };
  const close = (...values: unknown[]): unknown => {
    t(-2, values.length);
    if (kind === 4) throw new Error('return failed');
    return kind === 5 ? 'no object' : {};
  };
  const iterator = {
    next,
    get return() {
      t(-3, 'return');
      if (kind === 7) throw new Error('no return');
      return kind === 6 ? null : close;
    },
  };
  return { [Symbol.iterator]: () => iterator } as unknown as Iterable<number>;
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
