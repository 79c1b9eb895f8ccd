import { firstOf } from '../../base/first-of.js';
import { statusOf } from './status-of.js';

/**
 * The error that answers a failed request: of several thrown together the first, if each of them has a status;
 * otherwise `error`.
 */
export function answerOf(error: unknown): unknown {
  return firstOf(error, (one) => statusOf(one) !== null);
}
