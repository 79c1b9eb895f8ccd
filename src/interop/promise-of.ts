import { textOf } from '../base/text-of.js';
import { unheard } from '../base/unheard.js';
import { onAbort } from '../fibers/on-abort.js';
import type { Operation } from '../fibers/operation.js';
import { launch, type Home } from './launch.js';

/**
 * Launches `make()` at `home` and returns a promise of how it ends. If it was cancelled, the rejection is not reported as
 * unhandled: whoever cancelled it knows.
 *
 * @param signal must not be aborted yet; aborting it cancels the operation and rejects the promise with its reason.
 */
export function promiseOf<T>(home: Home, make: () => Operation<T>, signal?: AbortSignal): Promise<T> {
  const promise = new Promise<T>((resolve, reject) => {
    const launched = launch(home, make, (ending) => {
      stopListening?.();
      if (ending.status === 'succeeded') return resolve(ending.value);
      if (ending.status === 'failed') return reject(ending.error);
      unheard(promise);
      reject(signal?.aborted === true ? signal.reason : ending.error);
    });
    const stopListening = signal && onAbort(signal, () => launched.cancel(`aborted: ${textOf(signal.reason)}`));
  });
  return promise;
}
