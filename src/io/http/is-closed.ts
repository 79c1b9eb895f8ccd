import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/**
 * Whether nobody waits for a response any more: it was sent, or its client has gone. Of a pipeline Node marks only the
 * first response as destroyed, so the socket is asked too.
 */
export function isClosed(response: ServerResponse & { readonly stream?: ServerHttp2Stream }): boolean {
  return response.stream === undefined
    ? response.destroyed || response.req.socket.destroyed
    : response.stream.destroyed;
}
