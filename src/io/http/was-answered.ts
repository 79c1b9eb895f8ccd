import type { ServerResponse } from 'node:http';

/**
 * Whether a closed response was written to its end, and not cut off. It takes both flags: over HTTP/2 a response that
 * was cut off before its end has `writableFinished` set.
 */
export function wasAnswered(response: ServerResponse): boolean {
  return response.writableEnded && response.writableFinished;
}
