import { all, channel, race, scope, select, sleep, spawn, until, yieldNow, call, type Operation } from 'heddle';
import type { World } from 'heddle/testing';

/** Something that is current around code: a store, a namespace's value. */
export interface Followed {
  get(): unknown;
  /** Calls `f` where `value` is current. */
  run(value: unknown, f: () => void): void;
}

/** Fibers with values of their own, that pass through every kind of suspension in an order that the seed decides. */
export function* manyFibers(followed: Followed, { random }: World, is: (a: unknown, b: unknown) => void) {
  const queue = channel<number>(2);
  const waits: readonly (() => Operation<unknown>)[] = [
    () => sleep(random.below(5)),
    () => yieldNow(),
    () => until(Promise.resolve(1)),
    () => queue.send(1),
    () => queue.receive(),
    () => select({ one: queue.receive(), other: sleep(3) }),
    () => all([sleep(1), sleep(2)]),
    () => race([sleep(1), sleep(2)]),
    () => scope(() => sleep(1)),
    () => call(sleep, 2),
  ];
  function* one(value: unknown): Operation<unknown> {
    is(followed.get(), value);
    for (let turn = 0; turn < 5; turn++) {
      yield* race([waits[random.below(waits.length)]!(), sleep(20)]);
      is(followed.get(), value);
    }
    const child = yield* spawn(function* () {
      is(followed.get(), value);
      yield* sleep(random.below(3));
      return followed.get();
    });
    is(yield* child.join(), value);
    is(followed.get(), value);
    return value;
  }
  yield* scope(function* (work) {
    const fibers = [work.spawn(one, undefined)];
    for (let index = 0; index < 6; index++)
      followed.run(`value ${index}`, () => fibers.push(work.spawn(one, `value ${index}`)));
    is(followed.get(), undefined);
    for (const fiber of fibers) yield* fiber.join();
    is(followed.get(), undefined);
  });
}
