import type { ServerResponse } from 'node:http';
import { wasCutOff } from '../cut-off.js';
import { isClosed } from './is-closed.js';
import { wasAnswered } from './was-answered.js';

/**
 * Whether the client left before its reply was sent: a failure of the handler may then follow from that, and is
 * nobody's fault.
 */
export function hasGone(response: ServerResponse): boolean {
  return isClosed(response) && !wasAnswered(response) && !wasCutOff(response);
}
