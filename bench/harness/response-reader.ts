const blankLine = Buffer.from('\r\n\r\n');
const empty = Buffer.alloc(0);
const statusAt = 'HTTP/1.1 '.length;

/**
 * Reads responses just far enough to know the status and where the body ends, by `content-length` or else by the end of the
 * connection: a whole parser would be most of the generator's load.
 */
export class ResponseReader {
  private head = empty;
  private bodyLeft = -1;
  private current = 0;
  /** Whether the server wants no further request on this connection. */
  closing = false;

  /** Takes what has come. Answers the status once a response is complete, and 0 before. */
  take(chunk: Buffer): number {
    if (this.bodyLeft >= 0) return this.takeBody(chunk.length);
    // The chunk's memory is used again for the next one, so what is kept is copied; nearly always nothing is.
    const seen = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    const end = seen.indexOf(blankLine);
    if (end === -1) {
      this.head = Buffer.from(seen);
      return 0;
    }
    const head = seen.toString('latin1', 0, end).toLowerCase();
    this.head = empty;
    this.current = Number(head.slice(statusAt, statusAt + 3));
    this.closing = head.includes('\r\nconnection: close');
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    this.bodyLeft = length === undefined ? Infinity : Number(length);
    return this.takeBody(seen.length - end - blankLine.length);
  }

  /** The connection has ended. Answers the status of the response that this completes, 0 if there is none. */
  end(): number {
    return this.bodyLeft === Infinity ? this.current : 0;
  }

  private takeBody(length: number): number {
    this.bodyLeft -= length;
    if (this.bodyLeft > 0) return 0;
    this.bodyLeft = -1;
    return this.current;
  }
}
