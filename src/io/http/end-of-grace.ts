import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { sleep } from '../../fibers/sleep.js';
import type { RequestIntake } from './request-intake.js';

/** The daemon of a server that stops: after `grace` ms it ends the requests that are still in progress. */
export function* endOfGrace(requests: Scope, intake: RequestIntake, grace: number): Operation<void> {
  yield* sleep(grace);
  // First, or what waits would be let in where others are cancelled, and be cut off instead of answered.
  intake.close();
  requests.cancel('the grace period of the server is over');
}
