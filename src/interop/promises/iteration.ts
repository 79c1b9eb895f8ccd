import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/** One reading of an async iterable. */
export interface Iteration<T> {
  readonly iterator: AsyncIterator<T, unknown, undefined>;
  /** Whether `return` ends a `next` that is under way, rather than wait for it: for ever, where nothing comes. */
  readonly returnsAtOnce: boolean;
}

/**
 * Begins to read an iterable. The iterators of streams wait for the chunk that was asked for before they return, and so would
 * leave open a stream that is silent, such as a connection. These end it.
 */
export function iteration<T>(iterable: AsyncIterable<T>): Iteration<T> {
  if (isNodeStream(iterable)) return { iterator: ofNodeStream<T>(iterable), returnsAtOnce: true };
  if (isWebStream<T>(iterable)) return { iterator: ofWebStream(iterable), returnsAtOnce: true };
  return { iterator: iterable[Symbol.asyncIterator](), returnsAtOnce: false };
}

function isNodeStream(iterable: object): iterable is Readable {
  const { pipe, destroy } = iterable as Partial<Readable>;
  return typeof pipe === 'function' && typeof destroy === 'function';
}

function isWebStream<T>(iterable: object): iterable is ReadableStream<T> {
  return typeof (iterable as Partial<ReadableStream>).getReader === 'function';
}

function ofNodeStream<T>(stream: Readable): AsyncIterator<T> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<T>;
  /** Whether it has given a chunk and was not asked for another. Only then would its own `return` destroy the stream at once. */
  let between = false;
  return {
    async next() {
      between = false;
      const result = await iterator.next();
      between = true;
      return result;
    },
    async return() {
      if (between) return iterator.return!();
      // Nor does that wait until the stream has closed, which a query may have to be over for.
      stream.destroy();
      return { done: true, value: undefined };
    },
  };
}

function ofWebStream<T>(stream: ReadableStream<T>): AsyncIterator<T> {
  const reader = stream.getReader();
  return {
    async next() {
      let result: Awaited<ReturnType<typeof reader.read>> | null = null;
      try {
        result = await reader.read();
      } finally {
        if (result === null || result.done) reader.releaseLock();
      }
      return result.done ? { done: true, value: undefined } : { done: false, value: result.value };
    },
    async return() {
      const cancelled = reader.cancel();
      reader.releaseLock();
      await cancelled;
      return { done: true, value: undefined };
    },
  };
}
