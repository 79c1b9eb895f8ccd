import { firstOf } from '../../base/first-of.js';
import { statusOf } from './status-of.js';

/** What a request is answered by that failed: of several errors that were thrown together the first, if each is an answer. */
export function answerOf(error: unknown): unknown {
  return firstOf(error, (one) => statusOf(one) !== null);
}
