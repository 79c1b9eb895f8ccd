import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { sleep } from '../../fibers/sleep.js';

/** For a daemon of a server that stops: in `grace` ms it cancels the requests that are still under way. */
export function* endOfGrace(requests: Scope, grace: number): Operation<void> {
  yield* sleep(grace);
  requests.cancel('the grace of the server is over');
}
