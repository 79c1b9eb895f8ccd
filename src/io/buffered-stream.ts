import type { Operation } from '../fibers/operation.js';
import type { ByteReader } from './byte-reader.js';
import type { DelimiterOptions, ReadableBytes, WritableBytes } from './byte-stream.js';
import type { ByteWriter } from './byte-writer.js';

/** The reading and writing of a connection, whatever carries its bytes: a reader and a writer behind one face. */
export abstract class BufferedStream implements ReadableBytes, WritableBytes {
  protected abstract readonly reader: ByteReader;
  protected abstract readonly writer: ByteWriter;

  read(max?: number): Operation<Buffer | null> {
    return this.reader.read(max);
  }

  readExactly(length: number): Operation<Buffer> {
    return this.reader.readExactly(length);
  }

  readUntil(delimiter: string | Uint8Array, options?: DelimiterOptions): Operation<Buffer | null> {
    return this.reader.readUntil(delimiter, options);
  }

  readLine(options?: DelimiterOptions): Operation<string | null> {
    return this.reader.readLine(options);
  }

  write(data: string | Uint8Array): Operation<void> {
    return this.writer.write(data);
  }

  end(): Operation<void> {
    return this.writer.end();
  }
}
