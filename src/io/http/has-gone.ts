import type { ServerResponse } from 'node:http';
import { wasAnswered } from './was-answered.js';

/** Whether the client left before its reply did: then what fails in the handler may be for want of it, and is nobody's fault. */
export function hasGone(response: ServerResponse): boolean {
  return response.destroyed && !wasAnswered(response);
}
