import type { ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';

/**
 * Cuts off what was begun and will not be completed. A stream of HTTP/2 that is destroyed without an error ends as if it
 * were complete (RST_STREAM with NO_ERROR), so it is closed with one.
 */
export function cutOff(destination: Writable & { readonly stream?: ServerHttp2Stream }): void {
  cut.add(destination);
  const stream = (destination.stream ?? destination) as Partial<ServerHttp2Stream>;
  // One that the other side has closed already is only held up by what cannot be written any more.
  if (stream.closed === false && 'rstCode' in stream) stream.close!(INTERNAL_ERROR);
  else destination.destroy();
}

/** Whether it was cut off here. If it was, it is not the other side that has gone. */
export function wasCutOff(destination: Writable): boolean {
  return cut.has(destination);
}

const cut: WeakSet<Writable> = new WeakSet();
/** RFC 9113, 7. */
const INTERNAL_ERROR = 0x2;
