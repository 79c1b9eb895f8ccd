import { checkSignal } from '../../base/check.js';
import { textOf } from '../../base/text-of.js';
import { onAbort } from '../../fibers/on-abort.js';
import type { Operation } from '../../fibers/operation.js';
import { PLAIN } from '../../fibers/scope.js';
import { runScope } from '../../fibers/with-scope.js';

/**
 * Runs `operation`, and cancels it if `signal` is aborted: a scope bounded by a signal, as `withTimeout` is one bounded by
 * time. Any number of fibers may wait under one signal; they share one listener.
 *
 * @throws the signal's reason, if the signal stopped the operation or was aborted before it began; what the operation throws;
 * `ArgumentError`.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * const page = yield* withSignal(request.signal, render(request.url));
 */
export function* withSignal<T>(signal: AbortSignal, operation: Operation<T>): Operation<T> {
  checkSignal(signal);
  signal.throwIfAborted();
  let stopListening: (() => void) | undefined;
  try {
    const end = yield* runScope((inner) => {
      stopListening = onAbort(signal, () => inner.cancel(`aborted: ${textOf(signal.reason)}`));
      return operation;
    }, PLAIN);
    if (end.cutShort) throw signal.reason;
    return end.result();
  } finally {
    stopListening?.();
  }
}
