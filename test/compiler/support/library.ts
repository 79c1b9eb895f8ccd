import * as heddle from 'heddle';
import type { Operation } from 'heddle';

/** What a program of the corpus is given beside `log`: code that the compiler does not see, and heddle itself. */
export type Library = ReturnType<typeof makeLibrary>;

type Step = readonly [method: 'next' | 'throw' | 'return', argument?: unknown];

export function makeLibrary(log: (...values: unknown[]) => void) {
  return { heddle, drain, drive, take, map, peek, relay, later, total };

  /** Takes the steps one after another, by hand; returns what came of each. */
  function drive(iterator: Iterator<unknown>, ...steps: Step[]): unknown[] {
    const results: unknown[] = [];
    for (const [method, ...args] of steps) {
      log(`- ${method}`);
      try {
        results.push(iterator[method]!(...(args as [])));
      } catch (error) {
        results.push(['threw', error]);
      }
    }
    return results;
  }
}

/** All that an iterator has to give, and what it returns. */
function drain<T, R>(iterator: Iterator<T, R>): { values: T[]; returned: R } {
  const values: T[] = [];
  for (;;) {
    const result = iterator.next();
    if (result.done) return { values, returned: result.value };
    values.push(result.value);
  }
}

function* take<T>(count: number, iterable: Iterable<T>): Generator<T> {
  if (count === 0) return;
  for (const value of iterable) {
    yield value;
    if (--count === 0) return;
  }
}

function* map<T, U>(iterable: Iterable<T>, f: (value: T) => U): Generator<U> {
  for (const value of iterable) yield f(value);
}

/** Looks at the first element by hand, and passes all of them on. */
function peek<T>(iterable: Iterable<T>): Iterable<T> {
  const iterator = iterable[Symbol.iterator]();
  const first = iterator.next();
  return (function* () {
    if (first.done) return first.value;
    yield first.value;
    return yield* { [Symbol.iterator]: () => iterator };
  })();
}

/** Hands on whatever it is given, data or operation. */
function* relay<T, R>(iterable: Iterable<T, R>): Generator<T, R> {
  return yield* { [Symbol.iterator]: () => iterable[Symbol.iterator]() };
}

/** Makes an operation only when it is driven itself. */
function* later<A extends unknown[], T>(f: (...args: A) => Operation<T>, ...args: A): Operation<T> {
  return yield* f(...args);
}

/** A sum over numbers, or lists or anything of them; says so if there is anything else among them. */
function total(iterable: Iterable<unknown>): number {
  let sum = 0;
  for (const value of iterable) {
    if (typeof value !== 'number') throw new TypeError(`received something foreign: ${String(value)}`);
    sum += value;
  }
  return sum;
}

/** The same as an operation: consumes data first, then waits. */
total.later = function* totalLater(iterable: Iterable<unknown>): Operation<number> {
  const sum = total(iterable);
  yield* heddle.sleep(1);
  return sum;
};
