import type { IncomingHttpHeaders } from 'node:http';

/** Bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of a file that a request asks for (RFC 9110, 14.2). Null for all of it: also if the range is malformed, for
 * several ranges at once, which a server may ignore, and when `If-Range` says that the client's copy is of another
 * version.
 */
export function parseRange(
  headers: IncomingHttpHeaders,
  size: number,
  etag: string,
  modified: Date,
): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range?.trim() ?? '') ?? [];
  if ((first === '' && last === '') || !sameVersion(headers['if-range'], etag, modified)) return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}

function sameVersion(ifRange: string | string[] | undefined, etag: string, modified: Date): boolean {
  if (ifRange === undefined) return true;
  const condition = String(ifRange);
  return condition.startsWith('"')
    ? condition === etag
    : Date.parse(condition) === Math.floor(modified.getTime() / 1000) * 1000;
}
