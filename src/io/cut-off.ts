import { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';
import { reset } from './reset.js';

/**
 * Aborts a message that was begun and will not be completed, so that it does not look complete to the other side. An
 * HTTP/2 stream that is destroyed without an error does (RST_STREAM with NO_ERROR): it is closed with an error code. So
 * does the end of a connection over which a reply of HTTP/1.0 came, as nginx asks for unless told otherwise: nothing else
 * ends a body whose length was not sent, and the connection is reset.
 */
export function cutOff(destination: Writable & { readonly stream?: ServerHttp2Stream }): void {
  cut.add(destination);
  const stream = (destination.stream ?? destination) as Partial<ServerHttp2Stream>;
  // A stream that the other side has closed is kept open only by writes that can no longer happen: it is destroyed too.
  if (stream.closed === false && 'rstCode' in stream) stream.close!(INTERNAL_ERROR);
  else {
    if (isUnframed(destination)) reset(destination.req.socket);
    destination.destroy();
  }
}

function isUnframed(destination: Writable): destination is ServerResponse {
  return destination instanceof ServerResponse && destination.headersSent && destination.req.httpVersion === '1.0';
}

/** Whether this side cut it off: then its closing does not mean that the other side has gone. */
export function wasCutOff(destination: Writable): boolean {
  return cut.has(destination);
}

const cut: WeakSet<Writable> = new WeakSet();
/** RFC 9113, 7. */
const INTERNAL_ERROR = 0x2;
