import type { Operation } from '../fibers/operation.js';
import { ownedBy } from '../fibers/owned.js';
import { ownerOf } from '../fibers/owner-of.js';
import type { Scope, ScopeHandle } from '../fibers/scope.js';
import type { ByteReader } from './byte-reader.js';
import type { DelimiterOptions, ReadableBytes, WritableBytes } from './byte-stream.js';
import type { ByteWriter } from './byte-writer.js';

/** What connections have in common, whatever carries their bytes: a reader, a writer and an owning scope. */
export abstract class BufferedConnection implements ReadableBytes, WritableBytes {
  protected abstract readonly reader: ByteReader;
  protected abstract readonly writer: ByteWriter;
  /** Nothing more can be done with it; the descriptor of a socket is free. */
  protected gone: boolean = false;
  private untie: (() => void) | null = null;

  /** Drops unsent data and resets the connection. */
  abstract destroy(): void;

  /**
   * Closes without waiting, when its scope ends. What was written may still be sent, for a bounded time that no peer
   * can prolong: a scope with thousands of slow clients must not wait for them one by one.
   */
  abstract letGo(): void;

  adopt(scope?: ScopeHandle): void {
    this.tie(ownerOf('connection.adopt', scope));
  }

  /** Makes `scope` its owner, unless the connection is gone already. */
  tie(scope: Scope): void {
    this.untie?.();
    this.untie = this.gone
      ? null
      : ownedBy(
          scope,
          () => this.letGo(),
          () => this.destroy(),
        );
  }

  /** Marks it as gone and drops the reference that its scope holds. */
  protected leave(): void {
    this.gone = true;
    this.untie?.();
    this.untie = null;
  }

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
