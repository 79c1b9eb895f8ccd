/** The door `heddle/streams`: Node and web streams, to operations and back. */
export type { Leaf } from '../fibers/operation.js';
export type { Producer, Push } from '../fibers/feed.js';
export { byteReader, type BytesReader } from './streams/byte-stream-reader.js';
export { forEachLine, type LineOptions } from './streams/for-each-line.js';
export { pipe } from './streams/pipe.js';
export { readAll } from './streams/read-all.js';
export type { Reader, StreamOptions } from './streams/reader.js';
export { reader } from './streams/stream-reader.js';
export { toReadable } from './streams/to-readable.js';
export { toWebStream } from './streams/to-web-stream.js';
export { fromWeb } from './streams/web-reader.js';
export { writer, type Writer } from './streams/writer.js';
