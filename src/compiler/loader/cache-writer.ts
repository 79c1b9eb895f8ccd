import { appendFileSync, closeSync, constants, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import {
  isOf,
  readCache,
  type CacheContent,
  type CompiledModule,
  type InputMap,
  type RecordHeader,
} from './code-cache.js';
import { sweepCaches } from './sweep-caches.js';

/** In bytes; a larger file is started afresh. No program needs that much, but some write modules under ever new names. */
const LARGEST = 64 * 1024 * 1024;

/** Appends, but not through a link. Windows has no such flag. */
const TO_THE_END = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/** Adds to the file of a cache, and keeps it tidy. `add` never throws: where nothing can be written there is no cache. */
export class CacheWriter {
  #file: string;
  /** Size of the file in bytes, when it was last looked at or written. */
  #size = 0;
  #isSwept = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Stores what `CodeCache.get` is to find when the program starts again. */
  add(key: string, source: Uint8Array, compiled: CompiledModule, inputMap?: InputMap): void {
    try {
      if (!this.#isThere(key, source)) this.#append(makeRecord(key, source, compiled, inputMap));
      this.#sweep();
    } catch {
      // Full, or read-only.
    }
  }

  /** Whether another process of the program has added it meanwhile. */
  #isThere(key: string, source: Uint8Array): boolean {
    const size = lstatSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#size) return false;
    const content = readCache(this.#file);
    this.#size = isUntidy(content) ? this.#tidy(content) : size;
    const record = content.records.get(key);
    return record !== undefined && isOf(record, source, content);
  }

  /**
   * With one write at the end of the file, so that records of several processes and threads do not interleave. A concurrent
   * reader may see an incomplete record, and skips it.
   */
  #append(record: Buffer): void {
    const descriptor = openSync(this.#file, TO_THE_END, 0o600);
    try {
      appendFileSync(descriptor, record);
    } finally {
      closeSync(descriptor);
    }
    this.#size += record.length;
  }

  /** Keeps only the current records. Readers see either the old file or the new one, complete. */
  #tidy({ bytes, records }: CacheContent): number {
    const live = bytes.length > LARGEST ? [] : [...records.values()];
    const tidied = Buffer.concat(live.map(({ start, end }) => bytes.subarray(start, end)));
    const draft = `${this.#file}.${process.pid}.${threadId}`;
    try {
      writeFileSync(draft, tidied, { mode: 0o600, flag: 'wx' });
      renameSync(draft, this.#file);
    } catch (error) {
      // Otherwise each start on a full disk would leave one.
      rmSync(draft, { force: true });
      throw error;
    }
    return tidied.length;
  }

  #sweep(): void {
    if (this.#isSwept) return;
    this.#isSwept = true;
    // The time by the clock of the file system, which may be another machine's.
    sweepCaches(dirname(dirname(this.#file)), lstatSync(this.#file).mtimeMs);
  }
}

/**
 * Whether the file should be rewritten: an incomplete record hides all that is added after it, less than half of the file
 * is current, or it is too large.
 */
function isUntidy({ bytes, records, end }: CacheContent): boolean {
  let live = 0;
  for (const record of records.values()) live += record.end - record.start;
  return end < bytes.length || live * 2 < end || end > LARGEST;
}

function makeRecord(key: string, source: Uint8Array, { code, kind }: CompiledModule, inputMap?: InputMap): Buffer {
  const text = Buffer.from(code ?? '');
  const lengths = { source: source.length, code: code === null ? null : text.length };
  const header: RecordHeader = { key, kind, ...lengths, ...(inputMap && { inputMap }) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), source, text, Buffer.from('\n')]);
}
