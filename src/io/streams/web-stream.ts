import type { ReadableStream as NodeStream } from 'node:stream/web';

/** A web stream to read from. Where TypeScript has the library `dom`, the global one is of another type than Node's. */
export type WebStream<T> = NodeStream<T> | ReadableStream<T>;
