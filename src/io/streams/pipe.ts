import type { Readable, Writable } from 'node:stream';
import { readerOf } from './reader-of.js';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { scope } from '../../fibers/with-scope.js';
import type { Reader } from './reader.js';
import type { WebStream } from './web-stream.js';
import { writer, Writer } from './writer.js';

/**
 * Copies a stream into another, no faster than that accepts it, and then ends the destination.
 *
 * Streams are taken over: if this fails or is cancelled, those that are not at their end are destroyed, except for the
 * destination with `end: false`. Readers and writers belong to whoever made them and are left open: if a request of
 * `node:http` has to be answered in any case, pipe it as `reader(request)`, since to destroy it closes its connection.
 *
 * @param options.end whether the destination is ended; true unless given.
 * @throws what either of them failed with. A destination that breaks is noticed even while the source is silent.
 * Suspends: as reading and writing do. If cancelled: throws; part of the source has been copied.
 */
export function pipe<T>(
  source: Reader<T> | Readable | WebStream<T>,
  destination: Writer<T> | Writable,
  options: { readonly end?: boolean } = {},
): Operation<void> {
  checkKnown('pipe', options, { end: true });
  const { end = true } = options;
  return scope(function* (copying) {
    const from = readerOf(source);
    const to = destination instanceof Writer ? destination : writer<T>(destination, { own: end });
    copying.spawnDaemon(() => to.broken());
    yield* from.forEach((chunk) => to.write(chunk));
    if (end) yield* to.finish();
  });
}
