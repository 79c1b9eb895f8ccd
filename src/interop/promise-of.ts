import { textOf } from '../base/text-of.js';
import { onAbort } from '../fibers/on-abort.js';
import type { Operation } from '../fibers/operation.js';
import { launch, type Home } from './launch.js';

/**
 * Launches `make()` at `home` and promises how it ends. That it was cancelled is no unhandled rejection where nobody looks:
 * whoever did that knows.
 *
 * @param signal cancels it when it is aborted, and is not aborted yet; the promise is then rejected with its reason.
 */
export function promiseOf<T>(home: Home, make: () => Operation<T>, signal?: AbortSignal): Promise<T> {
  const promise = new Promise<T>((resolve, reject) => {
    const launched = launch(home, make, (ending) => {
      stopListening?.();
      if (ending.status === 'succeeded') return resolve(ending.value);
      if (ending.status === 'failed') return reject(ending.error);
      promise.catch(ignore);
      reject(signal?.aborted === true ? signal.reason : ending.error);
    });
    const stopListening = signal && onAbort(signal, () => launched.cancel(`aborted: ${textOf(signal.reason)}`));
  });
  return promise;
}

function ignore(): void {}
