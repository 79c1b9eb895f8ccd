import type { Clock } from '../base/clock.js';
import { ClosedError, IoError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import { Deque } from '../base/deque.js';
import { printAs } from '../base/print-as.js';
import type { Operation } from '../fibers/operation.js';
import { sleep } from '../fibers/sleep.js';
import { suspend, type Resume } from '../fibers/suspend.js';
import { BufferedConnection } from '../io/buffered-connection.js';
import { ByteReader, type ByteSource } from '../io/byte-reader.js';
import type { Connection, ConnectionStats } from '../io/byte-stream.js';
import { ByteWriter, type ByteSink } from '../io/byte-writer.js';
import { readKinds } from '../io/read-kinds.js';

/** How a connection in memory misbehaves. */
export interface Faults {
  /** How long bytes are in transit, in ms; 0 unless given. */
  readonly delay?: number;
  /** Bytes arrive in pieces of random length from 1 to this; as they were written unless given. */
  readonly piece?: number;
  /** The connection is reset for both sides after so many bytes in one direction; never unless given. */
  readonly resetAfter?: number;
}

/** What is in transit in one direction: bytes, or the end. */
type Parcel = Buffer | typeof END;
const END = Symbol('end');

/**
 * One end of a connection in memory, with the reading, writing and back-pressure of a real one; what it writes is
 * carried to its peer by `carry`, in the clock's time.
 */
export class MemoryConnection extends BufferedConnection implements Connection, ByteSource, ByteSink {
  readonly remoteAddress = 'memory';
  readonly remotePort = 0;
  readonly localPort = 0;
  readonly tls = null;
  bytesRead: number = 0;
  bytesWritten: number = 0;
  private peer: MemoryConnection = this;
  protected readonly reader: ByteReader = new ByteReader(this, READ);
  protected readonly writer: ByteWriter = new ByteWriter(this, WRITE);
  private readonly clock: Clock;
  private readonly outgoing: Deque<{ readonly parcel: Parcel; readonly sentAt: number }> = new Deque();
  private unsent: number = 0;
  private flowing: boolean = false;
  /** Its end has reached its peer. */
  private hasEnded: boolean = false;
  /** Resumes the carrier, if that waits for something to carry, or for the peer to read. */
  private carrier: Resume<void> | null = null;

  private constructor(clock: Clock) {
    super();
    this.clock = clock;
  }

  static pair(clock: Clock): [MemoryConnection, MemoryConnection] {
    const [a, b] = [new MemoryConnection(clock), new MemoryConnection(clock)];
    a.peer = b;
    b.peer = a;
    return [a, b];
  }

  get isClosed(): boolean {
    return this.gone;
  }

  *close(): Operation<void> {
    if (this.gone) return;
    try {
      yield* this.end();
    } catch (error) {
      // Cancelled while it waited for room.
      this.destroy();
      throw error;
    }
    this.refuseUse();
  }

  destroy(): void {
    if (this.gone) return;
    this.refuseUse();
    this.peer.break();
  }

  /** Both sides see a reset, as when a cable is cut. */
  reset(): void {
    this.break();
    this.peer.break();
  }

  /** Nobody waits until what was written has left: the carrier goes on. */
  letGo(): void {
    this.refuseUse();
  }

  setNoDelay(): void {}

  stats(): ConnectionStats {
    return Object.freeze({
      bytesRead: this.bytesRead,
      bytesWritten: this.bytesWritten,
      unread: this.reader.unread,
      unsent: this.unsent,
      waitingToRead: this.reader.busy ? 1 : 0,
      waitingToWrite: this.writer.waitingToWrite,
      isClosed: this.isClosed,
    });
  }

  resume(): void {
    this.flowing = true;
    this.peer.kick();
  }

  pause(): void {
    this.flowing = false;
  }

  endSeen(): void {
    this.writer.conclude(brokenPipe);
  }

  put(data: string | Uint8Array): boolean {
    const bytes = Buffer.from(data as string);
    this.outgoing.pushBack({ parcel: bytes, sentAt: this.clock.now() });
    this.bytesWritten += bytes.length;
    this.unsent += bytes.length;
    this.kick();
    return this.unsent < HIGH_WATER;
  }

  finish(): void {
    this.outgoing.pushBack({ parcel: END, sentAt: this.clock.now() });
    this.kick();
  }

  /** Carries what this end writes to its peer, up to its end. */
  *carry({ delay = 0, piece = Infinity, resetAfter = Infinity }: Faults, random: Random): Operation<void> {
    for (let left = resetAfter; ;) {
      yield* this.parcelReady();
      const { parcel, sentAt } = this.outgoing.popFront()!;
      // A later parcel has been in transit all the while.
      const still = sentAt + delay - this.clock.now();
      if (still > 0) yield* sleep(still);
      if (parcel === END) {
        this.arrive();
        return;
      }
      for (let at = 0; at < parcel.length;) {
        const length = Math.min(parcel.length - at, piece === Infinity ? Infinity : 1 + random.below(piece), left);
        if (length === 0) {
          this.reset();
          return;
        }
        yield* this.peerReads();
        this.deliver(parcel.subarray(at, at + length));
        at += length;
        left -= length;
      }
    }
  }

  private arrive(): void {
    const { peer } = this;
    this.hasEnded = true;
    peer.reader.end();
    if (peer.hasEnded) for (const end of [this, peer]) end.leave();
  }

  private deliver(bytes: Buffer): void {
    this.unsent -= bytes.length;
    this.peer.bytesRead += bytes.length;
    this.peer.reader.feed(bytes);
    if (this.unsent < HIGH_WATER) this.writer.drained();
  }

  private *parcelReady(): Operation<void> {
    while (this.outgoing.size === 0) yield* suspend<void>((resume) => this.park(resume), 'carry');
  }

  private *peerReads(): Operation<void> {
    while (!this.peer.flowing && !this.peer.gone) yield* suspend<void>((resume) => this.park(resume), 'carry');
  }

  private park(resume: Resume<void>): () => void {
    this.carrier = resume;
    return () => (this.carrier = null);
  }

  private kick(): void {
    const { carrier } = this;
    this.carrier = null;
    carrier?.();
  }

  private refuseUse(): void {
    this.leave();
    this.reader.close(() => new ClosedError('net.read: this side has closed the connection'));
    this.writer.fail(() => new ClosedError('net.write: this side has closed the connection'));
  }

  private break(): void {
    this.leave();
    const failure = (operation: string) => (): IoError =>
      new IoError(operation, Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' }));
    this.reader.fail(failure('net.read'));
    this.writer.fail(failure('net.write'));
  }

  /** Ends both carriers, too. */
  protected override leave(): void {
    super.leave();
    this.finish();
    this.peer.kick();
  }
}

printAs(MemoryConnection, 'Connection', (one) => one.stats());

const READ = readKinds('net.read');
const WRITE = ByteWriter.kinds('net.write');

function brokenPipe(): IoError {
  const cause = new Error('the other side has ended the connection');
  return new IoError('net.write', Object.assign(cause, { code: 'EPIPE' }));
}

/** Bytes in transit in one direction that make a writer wait. */
const HIGH_WATER = 65_536;
