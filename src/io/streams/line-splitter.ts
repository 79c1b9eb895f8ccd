import { TooLargeError } from '../../base/errors.js';

/**
 * Splits chunks of bytes into lines, wherever the chunks end. A line ends with LF or CR LF, which are not part of it,
 * or at the end of the data. Bytes are decoded line by line, so no character is split. Unlike `ByteReader.readLine`,
 * which takes an operation per line, it costs only the decoding, for those who go through all lines anyway.
 */
export class LineSplitter {
  private readonly limit: number;
  private readonly encoding: BufferEncoding;
  /** The beginning of a line whose end has not arrived. */
  private pieces: Buffer[] = [];
  private held: number = 0;
  private chunk: Buffer = NOTHING;
  private position: number = 0;
  private ended: boolean = false;

  /** @param limit the most bytes to a line. */
  constructor(limit: number, encoding: BufferEncoding) {
    this.limit = limit;
    this.encoding = encoding;
  }

  /** Gives it the next chunk, once `next` has returned null. */
  feed(chunk: Uint8Array): void {
    this.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.position = 0;
  }

  /** The next whole line; null when another chunk is needed, and at the end. Throws `TooLargeError`. */
  next(): string | null {
    if (this.ended) return this.held === 0 ? null : this.join(NOTHING).toString(this.encoding);
    const end = this.chunk.indexOf(LF, this.position);
    const piece = this.chunk.subarray(this.position, end < 0 ? undefined : end);
    if (this.held + piece.length > this.limit) throw new TooLargeError(`A line has more than ${this.limit} bytes`);
    if (end < 0) {
      this.hold(piece);
      return null;
    }
    this.position = end + 1;
    const line = this.held === 0 ? piece : this.join(piece);
    return line.toString(this.encoding, 0, line.at(-1) === CR ? line.length - 1 : line.length);
  }

  /** There are no more chunks: what follows the last line ending is a line too. */
  end(): void {
    this.ended = true;
  }

  private hold(piece: Buffer): void {
    if (piece.length > 0) this.pieces.push(piece);
    this.held += piece.length;
    this.chunk = NOTHING;
    this.position = 0;
  }

  private join(piece: Buffer): Buffer {
    const line = Buffer.concat([...this.pieces, piece], this.held + piece.length);
    this.pieces = [];
    this.held = 0;
    return line;
  }
}

const LF = 10;
const CR = 13;
const NOTHING: Buffer = Buffer.alloc(0);
