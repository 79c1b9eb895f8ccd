import type { ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';

/**
 * Aborts a message that was begun and will not be completed. An HTTP/2 stream that is destroyed without an error looks
 * complete to the other side (RST_STREAM with NO_ERROR), so it is closed with an error code.
 */
export function cutOff(destination: Writable & { readonly stream?: ServerHttp2Stream }): void {
  cut.add(destination);
  const stream = (destination.stream ?? destination) as Partial<ServerHttp2Stream>;
  // A stream that the other side has closed is kept open only by writes that can no longer happen: it is destroyed too.
  if (stream.closed === false && 'rstCode' in stream) stream.close!(INTERNAL_ERROR);
  else destination.destroy();
}

/** Whether this side cut it off: then its closing does not mean that the other side has gone. */
export function wasCutOff(destination: Writable): boolean {
  return cut.has(destination);
}

const cut: WeakSet<Writable> = new WeakSet();
/** RFC 9113, 7. */
const INTERNAL_ERROR = 0x2;
