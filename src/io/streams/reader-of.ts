import type { Readable } from 'node:stream';
import { expected } from '../../base/check.js';
import type { Reader } from './reader.js';
import { reader } from './stream-reader.js';
import { fromWeb } from './web-reader.js';
import type { WebStream } from './web-stream.js';

/** `source` itself if it is a reader, else a reader that owns the stream. */
export function readerOf<T>(source: Reader<T> | Readable | WebStream<T>): Reader<T> {
  if (source instanceof ReadableStream) return fromWeb<T>(source, { own: true });
  if (typeof source?.read !== 'function') throw expected('source', 'a reader or a stream to read from', source);
  return 'pipe' in source ? reader<T>(source, { own: true }) : source;
}
