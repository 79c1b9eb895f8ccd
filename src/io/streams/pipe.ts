import type { Readable, Writable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { readerOf } from './reader-of.js';
import { checkOptions } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { scope } from '../../fibers/with-scope.js';
import type { Reader } from './reader.js';
import { writer, Writer } from './writer.js';

/**
 * Copies a stream into another, no faster than that takes it, and ends that.
 *
 * It takes streams over: if it fails or is cancelled, those that are not at their end are destroyed, except for the
 * destination with `end: false`. Readers and writers belong to whoever made them and are left as they are: a request of
 * `node:http` that is to be answered all the same is piped as `reader(request)`, since its connection ends with it.
 *
 * @param options.end whether the destination is ended; true unless given.
 * @throws what either of them failed with. A destination that breaks is noticed also while the source is silent.
 * Suspends: as reading and writing do. If cancelled: throws; part of the source has been copied.
 */
export function pipe<T>(
  source: Reader<T> | Readable | ReadableStream<T>,
  destination: Writer<T> | Writable,
  options: { readonly end?: boolean } = {},
): Operation<void> {
  checkOptions(options);
  const { end = true } = options;
  return scope(function* (copying) {
    const from = readerOf(source);
    const to = destination instanceof Writer ? destination : writer<T>(destination, { own: end });
    copying.spawnDaemon(() => to.broken());
    yield* from.forEach((chunk) => to.write(chunk));
    if (end) yield* to.finish();
  });
}
