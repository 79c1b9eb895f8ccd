import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { printAs } from '../../base/print-as.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { collectChunks, tooLarge } from '../collect.js';
import { limitOf } from '../limit-of.js';
import type { Reader } from '../streams/reader.js';
import { StreamReader } from '../streams/stream-reader.js';
import { tlsFactsOf, type TlsFacts } from '../tls-facts.js';
import { HttpError } from './http-error.js';
import { parseJson } from './parse-json.js';
import { readTwice } from './read-twice.js';

/** A request as its handler sees it. */
export class ServerRequest {
  /** Node's own object, for what is missing here. */
  readonly raw: IncomingMessage;
  #reader: Reader<Buffer> | undefined;
  #scope: Scope | null = null;
  /** The body was read to its end, or a part of it was lost in trying. */
  #isSpent: boolean = false;

  constructor(raw: IncomingMessage) {
    this.raw = raw;
  }

  /**
   * For the server: makes `scope` the owner of the body, which may be read in several scopes within that one, one after
   * another.
   */
  static tie(request: ServerRequest, scope: Scope): void {
    request.#scope = scope;
  }

  /**
   * For the server: drops the rest of a body that was read in part, or the next request on its connection would never
   * arrive. Node itself drops a body that was not read at all.
   */
  static dropRest(request: ServerRequest): void {
    if (request.#reader !== undefined && !request.raw.readableEnded) request.raw.resume();
  }

  get method(): string {
    return this.raw.method!;
  }

  /** As the client sent it: path and query. */
  get url(): string {
    return this.raw.url!;
  }

  /** The path as the client sent it, percent-encoded, without the query; `*` for `OPTIONS *`. */
  get path(): string {
    const { url } = this;
    const end = url.indexOf('?');
    const path = end < 0 ? url : url.slice(0, end);
    // A client that takes this server for a proxy puts the host in front (RFC 9112, 3.2.2).
    return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/i, '') || '/';
  }

  get query(): URLSearchParams {
    const { url } = this;
    const start = url.indexOf('?');
    return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  }

  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
  }

  get remoteAddress(): string | undefined {
    return this.raw.socket.remoteAddress;
  }

  /** What its client has shown of itself, by `requestCert`, and the like; null without TLS. */
  get tls(): TlsFacts | null {
    return tlsFactsOf(this.raw.socket);
  }

  /**
   * Reads the next piece of the body; null at its end.
   *
   * @throws `IoError` if the connection breaks; `BusyError` while another fiber reads; `ClosedError` or
   * `ScopeClosedError` once the request is over.
   * Suspends: until one has arrived. If cancelled: throws; nothing was taken.
   */
  read(): Operation<Buffer | null> {
    this.#reader ??= new StreamReader<Buffer>(this.raw, false, this.#scope ?? currentFiber('request.read').scope);
    return this.#reader.read();
  }

  /**
   * Reads the whole body.
   *
   * @param options.limit the most bytes to take, 1 MiB unless given: less than of a response, since strangers send it.
   * @throws `TooLargeError` beyond it, which the server answers with 413 unless it is caught; `MisuseError` if it was
   * read already; otherwise as `read`.
   * Suspends: until it has arrived. If cancelled: throws; what was read of it is lost.
   */
  *bytes(options: { readonly limit?: number } = {}): Operation<Buffer> {
    const limit = limitOf('bytes', options, USUAL_LIMIT);
    if (Number(this.headers['content-length'] ?? 0) > limit) throw tooLarge('The body', limit);
    if (this.#isSpent || this.raw.readableEnded) throw readTwice();
    const chunks: Uint8Array[] = [];
    try {
      yield* collectChunks(this, limit, 'The body', chunks);
    } finally {
      this.#isSpent = chunks.length > 0;
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  /** Reads the whole body as UTF-8 text; otherwise as `bytes`. */
  *text(options: { readonly limit?: number } = {}): Operation<string> {
    return (yield* this.bytes(options)).toString('utf8');
  }

  /**
   * Reads the whole body as JSON; otherwise as `bytes`.
   *
   * @throws `HttpError` 400 if it is not JSON.
   */
  *json(options: { readonly limit?: number } = {}): Operation<unknown> {
    const source = yield* this.text(options);
    try {
      return parseJson(source);
    } catch (cause) {
      throw new HttpError(400, `The body is not JSON: ${(cause as Error).message}`, { cause });
    }
  }
}

printAs(ServerRequest, 'ServerRequest', ({ method, url }) => ({ method, url }));

const USUAL_LIMIT = 1024 * 1024;
