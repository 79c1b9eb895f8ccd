import { EndOfStreamError, TooLargeError } from '../base/errors.js';
import { Label, type WaitKind } from '../fibers/label.js';
import { SuspensionKind, WAITING, type Suspension } from '../fibers/suspension.js';
import type { ByteReader } from './byte-reader.js';

/** The ways to wait for bytes. They differ in when the buffered bytes suffice, and in what is then taken. */
export interface ReadKinds {
  readonly label: WaitKind;
  readonly some: SuspensionKind;
  readonly exactly: SuspensionKind;
  readonly until: SuspensionKind;
  readonly line: SuspensionKind;
}

/** The argument of a wait of kind `until`. */
export interface Delimiter {
  readonly bytes: Uint8Array;
  /** In bytes, the delimiter included. */
  readonly limit: number;
}

/** The kinds of a reader's waits, labelled `label`. Made once per label. */
export function readKinds(label: WaitKind): ReadKinds {
  const kind = <A>(
    attempt: (suspension: Suspension<unknown, ByteReader, A>) => boolean,
  ): SuspensionKind<ByteReader, A> => new SuspensionKind({ label: new Label(label), attempt, arm, abort });
  return {
    label,
    some: kind(attemptSome),
    exactly: kind(attemptExactly),
    until: kind(attemptUntil),
    line: kind(attemptLine),
  };
}

function attemptSome(suspension: Suspension<unknown, ByteReader, number>): boolean {
  const reader = suspension.subject;
  if (reader.busy) return false;
  const size = reader.unread;
  if (size === 0) return reader.isOver() && suspension.finish(null);
  suspension.value = reader.buffer.take(Math.min(suspension.argument, size));
  reader.wasTaken();
  return true;
}

function attemptExactly(suspension: Suspension<unknown, ByteReader, number>): boolean {
  const reader = suspension.subject;
  if (reader.busy) return false;
  const length = suspension.argument;
  const size = reader.unread;
  if (size < length) {
    if (!reader.isOver()) return false;
    throw new EndOfStreamError(`${reader.kinds.label}: the stream ended after ${size} of ${length} bytes`);
  }
  suspension.value = reader.buffer.take(length);
  reader.wasTaken();
  return true;
}

function attemptUntil(suspension: Suspension<unknown, ByteReader, Delimiter>): boolean {
  const reader = suspension.subject;
  if (reader.busy) return false;
  const { bytes, limit } = suspension.argument;
  const length = find(suspension, reader, bytes, bytes.length, limit);
  if (length === -1) {
    if (!reader.isOver()) return false;
    const size = reader.unread;
    if (size === 0) return suspension.finish(null);
    throw new EndOfStreamError(`${reader.kinds.label}: the stream ended after ${size} bytes without the delimiter`);
  }
  suspension.value = reader.buffer.take(length);
  reader.wasTaken();
  return true;
}

function attemptLine(suspension: Suspension<unknown, ByteReader, number>): boolean {
  const reader = suspension.subject;
  if (reader.busy) return false;
  const { buffer } = reader;
  let length = find(suspension, reader, LINE_FEED, 1, suspension.argument);
  let ending = 1;
  if (length !== -1) {
    if (length > 1 && buffer.at(length - 2) === CARRIAGE_RETURN) ending = 2;
  } else {
    if (!reader.isOver()) return false;
    length = buffer.size;
    if (length === 0) return suspension.finish(null);
    ending = 0;
  }
  suspension.value = buffer.text(length - ending);
  buffer.skip(length);
  reader.wasTaken();
  return true;
}

/**
 * The length up to and including the delimiter; -1 if it has not arrived. A waiting fiber continues where its last
 * search ended, so that data which arrives byte by byte is not searched again from the start.
 */
function find(
  suspension: Suspension,
  reader: ByteReader,
  sought: Uint8Array | number,
  width: number,
  limit: number,
): number {
  const { buffer } = reader;
  const found = buffer.indexOf(sought, suspension.phase === WAITING ? reader.searched : 0);
  if (found === -1) reader.searched = Math.max(0, buffer.size - width + 1);
  const length = found === -1 ? buffer.size + 1 : found + width;
  if (length > limit) throw new TooLargeError(`${reader.kinds.label}: no delimiter within ${limit} bytes`);
  return found === -1 ? -1 : length;
}

function arm(suspension: Suspension<unknown, ByteReader>): void {
  suspension.subject.wait(suspension);
}

function abort(suspension: Suspension<unknown, ByteReader>): void {
  suspension.subject.giveUp();
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
