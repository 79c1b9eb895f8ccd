import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { sleep } from '../../fibers/sleep.js';

/** The daemon of a server that stops: after `grace` ms it cancels the requests that are still in progress. */
export function* endOfGrace(requests: Scope, grace: number): Operation<void> {
  yield* sleep(grace);
  requests.cancel('the grace period of the server is over');
}
