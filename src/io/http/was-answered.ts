import type { ServerResponse } from 'node:http';

/**
 * Whether a closed response was written to its end, and not cut off. Asked in both ways, since over HTTP/2 one that was
 * cut off before its end says `writableFinished`.
 */
export function wasAnswered(response: ServerResponse): boolean {
  return response.writableEnded && response.writableFinished;
}
