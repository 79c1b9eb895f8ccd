/**
 * Bytes that have arrived and not been taken, in one contiguous piece, so that neither searching nor taking ever
 * crosses a chunk boundary.
 *
 *     store  [ taken | start … end | room ]
 *
 * A chunk that arrives at an empty buffer is adopted without copying; this is the common case, as readers are faster
 * than networks. Further chunks are copied into a store that at least doubles, so however small the chunks are, each
 * byte is copied an amortized constant number of times, and a peer that sends byte by byte does not cause a million
 * objects (as it would in a list of chunks). Bytes that were handed out are never overwritten: new ones go behind
 * `end`.
 */
export class ByteBuffer {
  private store: Buffer = NOTHING;
  private start: number = 0;
  private end: number = 0;
  /** Whether the room behind `end` is ours to write to; that of an adopted chunk is not. */
  private owned: boolean = false;

  get size(): number {
    return this.end - this.start;
  }

  append(chunk: Buffer): void {
    if (this.start === this.end) {
      this.store = chunk;
      this.start = 0;
      this.end = chunk.length;
      this.owned = false;
      return;
    }
    if (!this.owned || this.end + chunk.length > this.store.length) this.grow(this.size + chunk.length);
    this.end += chunk.copy(this.store, this.end);
  }

  /** Takes the first `length` bytes, without copying; `length` is at most `size`. */
  take(length: number): Buffer {
    const bytes = this.store.subarray(this.start, this.start + length);
    this.skip(length);
    return bytes;
  }

  /** The first `length` bytes as UTF-8 text, without taking them. */
  text(length: number): string {
    return this.store.toString('utf8', this.start, this.start + length);
  }

  /** The byte at `index` from the front; undefined outside. */
  at(index: number): number | undefined {
    return index < this.size ? this.store[this.start + index] : undefined;
  }

  /** Index of the first occurrence of `sought` at or after `from`; -1 if there is none. */
  indexOf(sought: Uint8Array | number, from: number): number {
    const found = this.store.subarray(this.start + from, this.end).indexOf(sought);
    return found === -1 ? -1 : from + found;
  }

  /** Drops the first `length` bytes. */
  skip(length: number): void {
    this.start += length;
    if (this.start === this.end) this.clear();
  }

  clear(): void {
    this.store = NOTHING;
    this.start = this.end = 0;
    this.owned = false;
  }

  private grow(size: number): void {
    const store = Buffer.allocUnsafeSlow(Math.max(size * 2, LEAST_STORE));
    const length = this.store.copy(store, 0, this.start, this.end);
    this.store = store;
    this.start = 0;
    this.end = length;
    this.owned = true;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
const LEAST_STORE = 1024;
