import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { wasCutOff } from '../cut-off.js';

/**
 * Whether nobody waits for a response any more: it was sent, or its client has gone. Of a pipeline Node marks only the
 * first response as destroyed, so the socket is asked too.
 */
export function isClosed(response: ServerResponse & { readonly stream?: ServerHttp2Stream }): boolean {
  return response.stream === undefined
    ? response.destroyed || response.req.socket.destroyed
    : response.stream.destroyed;
}

/**
 * Whether a closed response was written to its end, and not cut off. It takes both flags: over HTTP/2 a response that
 * was cut off before its end has `writableFinished` set.
 */
export function wasAnswered(response: ServerResponse): boolean {
  return response.writableEnded && response.writableFinished;
}

/**
 * Whether the client left before its reply was sent: a failure of the handler may then follow from that, and is
 * nobody's fault.
 */
export function hasGone(response: ServerResponse): boolean {
  return isClosed(response) && !wasAnswered(response) && !wasCutOff(response);
}
