/**
 * Bytes that have come and nobody has taken yet, in one piece, so that searching and taking never meet a border.
 *
 *     store  [ taken | start … end | room ]
 *
 * A chunk that comes into an empty buffer is adopted without copying, which is the ordinary case: a reader is faster
 * than its network. Further ones are copied into a store that at least doubles, so a byte is copied a constant number
 * of times however small the chunks are, and a peer that sends byte by byte cannot make a million objects of them (as
 * a list of chunks would). What was handed out is never written again: bytes are only added behind `end`.
 */
export class ByteBuffer {
  private store: Buffer = NOTHING;
  private start: number = 0;
  private end: number = 0;
  /** Whether the room behind `end` is ours; it is not in a chunk that was adopted. */
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

  /** The first `length` bytes as UTF-8 text; they stay. */
  text(length: number): string {
    return this.store.toString('utf8', this.start, this.start + length);
  }

  /** The byte at `index` from the front; undefined outside. */
  at(index: number): number | undefined {
    return index < this.size ? this.store[this.start + index] : undefined;
  }

  /** Where `sought` first begins, from `from` on; -1 if it is not there in full. */
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
