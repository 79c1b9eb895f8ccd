import { join, sep } from 'node:path';
import mime from 'mime';
import { EndOfStreamError, IoError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';
import { open, readEntries, realpath, stat, type File } from '../io/fs.js';
import { text, type Handler, type Reply, type ServerRequest } from '../io/http.js';
import { isFresh } from './is-fresh.js';
import { listing } from './listing.js';
import { parseRange } from './parse-range.js';

export interface FileServerOptions {
  /** Whether files and directories whose names begin with a dot (`.env`, `.git`) are served too; false unless given. */
  readonly hidden?: boolean;
}

/**
 * A static file server: what `heddle serve` runs, and how straight-line server code reads. Each request is a fiber; it
 * waits where it says `yield*`, and what it opens is closed with it, even if the client goes away in the middle.
 */
export function* fileServer(directory: string, { hidden = false }: FileServerOptions = {}): Operation<Handler> {
  const root = yield* realpath(directory);

  return function* file(request: ServerRequest): Operation<Reply> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return text('Only GET and HEAD\n', { status: 405, headers: { allow: 'GET, HEAD' } });
    try {
      const path = yield* locate(root, request.path, hidden);
      if (path === null) return notFound();
      const found = yield* stat(path);
      if (found.isFile()) return yield* sendFile(request, path);
      // Not a pipe or a device: opening one may wait for ever.
      if (!found.isDirectory()) return notFound();
      if (!request.path.endsWith('/')) return redirect(`${request.path}/${queryOf(request)}`);
      const index = yield* sendIndex(request, root, path);
      if (index !== null) return index;
      const entries = yield* readEntries(path);
      return listing(
        request.path,
        entries.filter(({ name }) => hidden || !isHidden(name)),
      );
    } catch (error) {
      if (error instanceof IoError && UNREACHABLE.has(error.system)) return notFound();
      throw error;
    }
  };
}

/**
 * The file that the path of a URL names, with symbolic links resolved; null if that is outside of `root`, hidden or
 * malformed.
 */
function* locate(root: string, urlPath: string, hidden: boolean): Operation<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const named = join('/', decoded);
  if (!hidden && named.split(sep).some(isHidden)) return null;
  const path = yield* realpath(join(root, named));
  return isWithin(root, path) ? path : null;
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function* sendIndex(request: ServerRequest, root: string, directory: string): Operation<Reply | null> {
  try {
    const path = yield* realpath(join(directory, 'index.html'));
    return isWithin(root, path) && (yield* stat(path)).isFile() ? yield* sendFile(request, path) : null;
  } catch (error) {
    if (error instanceof IoError && UNREACHABLE.has(error.system)) return null;
    throw error;
  }
}

function* sendFile(request: ServerRequest, path: string): Operation<Reply> {
  const file = yield* open(path);
  const { size, mtime } = yield* file.stat();
  const etag = `"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
  const headers = {
    'accept-ranges': 'bytes',
    'content-type': contentType(path),
    etag,
    'last-modified': mtime.toUTCString(),
  };
  if (isFresh(request.headers, etag, mtime)) return { status: 304, headers };

  // Ranges are for GET only (RFC 9110, 14.2): HEAD describes the whole file.
  const range = request.method === 'GET' ? parseRange(request.headers, size, etag, mtime) : null;
  if (range === 'unsatisfiable')
    return { status: 416, headers: { 'content-range': `bytes */${size}`, ...headers }, body: '' };
  const { start, end } = range ?? { start: 0, end: size };
  const partial = range !== null && { 'content-range': `bytes ${start}-${end - 1}/${size}` };
  const head = {
    status: range === null ? 200 : 206,
    headers: { 'content-length': end - start, ...headers, ...partial },
  };
  if (request.method === 'HEAD') return head;
  // A small part is sent at once, a large one in pieces, as fast as the client takes them.
  if (end - start <= PIECE) return { body: yield* read(file, start, end), ...head };
  return { body: (write) => copy(file, start, end, write), ...head };
}

function* copy(file: File, start: number, end: number, write: (piece: Uint8Array) => Operation<void>): Operation<void> {
  for (let at = start; at < end; at += PIECE) yield* write(yield* read(file, at, Math.min(at + PIECE, end)));
}

function* read(file: File, start: number, end: number): Operation<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end;) {
    const part = yield* file.readAt(at, end - at);
    if (part === null) throw new EndOfStreamError('the file has become shorter while it was sent');
    parts.push(part);
    at += part.length;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function contentType(path: string): string {
  const type = mime.getType(path) ?? 'application/octet-stream';
  return type.startsWith('text/') || type.endsWith('json') || type.endsWith('javascript')
    ? `${type}; charset=utf-8`
    : type;
}

function notFound(): Reply {
  return text('Not found\n', { status: 404 });
}

/** The query as the client sent it, with its question mark. */
function queryOf({ url }: ServerRequest): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function redirect(location: string): Reply {
  // Never `//host/…` or `/\host/…`, which a browser takes for another host.
  return text('Moved\n', { status: 301, headers: { location: location.replace(/^[/\\]+/, '/') } });
}

/** To a client all of these mean: there is no such file. */
const UNREACHABLE = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG', 'ELOOP']);
/** How many bytes are read and sent at once. */
const PIECE = 128 * 1024;
