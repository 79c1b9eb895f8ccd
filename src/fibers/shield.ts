import { checkDuration } from '../base/check.js';
import { TimeoutError } from '../base/errors.js';
import { checkKnown } from '../base/known-options.js';
import type { Operation } from './operation.js';
import { after } from './sleep.js';
import { runScope } from './with-scope.js';

/**
 * Runs `operation` out of reach of cancellation, for cleaning up in `finally`. It has a deadline of its own, since
 * nothing else could stop it: a shutdown that waits for ever is a crash in slow motion.
 *
 * @param options.within milliseconds until it is stopped with a `TimeoutError`; 30,000 unless given, `Infinity` for never.
 * @throws what the operation throws; `TimeoutError`; `ArgumentError`.
 * Suspends: as the operation does. If cancelled: not until it is over; the next suspension then throws.
 *
 * @example
 * try {
 *   yield* work(connection);
 * } finally {
 *   yield* shield(connection.write('bye\n'), { within: 1000 });
 * }
 */
export function* shield<T>(operation: Operation<T>, options: { within?: number } = {}): Operation<T> {
  checkKnown('shield', options, { within: true });
  const within = options.within ?? 30_000;
  checkDuration('within', within, true);
  const end = yield* runScope(() => operation, { deadline: after(within), shielded: true });
  if (end.cutShort && end.scope.expired) throw new TimeoutError(`shielded operation not done within ${within} ms`);
  return end.result();
}
