import { expected } from '../base/check.js';
import { checkOperations } from './check-operations.js';
import type { Fiber } from './fiber.js';
import type { Operation } from './operation.js';
import { PLAIN, type Scope } from './scope.js';
import { NOTHING, runScope, whyStopped } from './with-scope.js';
import { inSegment } from './segment.js';

/**
 * Runs operations side by side, each in a fiber, until the first of them ends; then cancels the others, waits for
 * them to end, and returns its result or throws its error.
 *
 * To wait for the first of several leaf operations (channels, events, sleeps) use `select`: it takes exactly one,
 * where a race can let two complete and then drops one result.
 *
 * @throws what the first to end throws. As in any scope, what others throw while they stop counts too: it is thrown even if the
 * first to end has returned, and as an `AggregateError` if several threw. `FiberCancelledError` if
 * each was cancelled alone, as the holder of a lock. `ArgumentError`.
 * Suspends: until one has ended and the others have stopped. If cancelled: so are they.
 *
 * @example
 * function* after(ms: number, name: string): Operation<string> {
 *   yield* sleep(ms);
 *   return name;
 * }
 * console.log(yield* race([after(20, 'slow'), after(10, 'quick')])); // quick
 */
export function* race<const O extends readonly Operation<unknown>[]>(
  operations: O,
): Operation<O[number] extends Operation<infer T> ? T : never> {
  checkOperations(operations);
  if (operations.length === 0) throw expected('operations', 'at least one operation', operations);
  const course: Course = { fibers: [], winner: null };
  yield* runScope((scope) => startRacers(scope, operations, course), PLAIN);
  if (course.winner === null) throw whyStopped(course.fibers);
  return course.winner.value as never;
}

interface Course {
  readonly fibers: Fiber[];
  winner: { readonly value: unknown } | null;
}

function startRacers(scope: Scope, operations: readonly Operation<unknown>[], course: Course): Operation<void> {
  // Named `race`: as in `all`.
  for (const operation of operations)
    course.fibers.push(scope.startMember(race, racer(scope, operation, course), false));
  return NOTHING;
}

function* racer(scope: Scope, operation: Operation<unknown>, course: Course): Operation<void> {
  const value = yield* inSegment(operation);
  course.winner ??= { value };
  scope.cancel('another operation won the race');
}
