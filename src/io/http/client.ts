import type { ReadableStream } from 'node:stream/web';
import { checkOptions, expected } from '../../base/check.js';
import { ArgumentError, ClosedError, IoError } from '../../base/errors.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import { abortable } from '../../fibers/abortable.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { until } from '../../fibers/until.js';
import { abandon } from '../streams/to-web-stream.js';
import { collect } from '../collect.js';
import { limitOf } from '../limit-of.js';
import { parseJson } from './parse-json.js';
import { readTwice } from './read-twice.js';
import { ResponseError } from './response-error.js';

/** Those of Node's `fetch`. Where TypeScript has the library `dom`, its `RequestInit` has no `duplex`, and no streams of Node. */
export interface FetchOptions extends Omit<RequestInit, 'signal' | 'body' | 'duplex'> {
  readonly body?: Exclude<RequestInit['body'], undefined> | ReadableStream;
  readonly duplex?: 'half';
}

/**
 * A response as its reader sees it. It belongs to the scope in which `fetch` was called: when that ends, its body is
 * cancelled unless it was read to its end.
 */
export class ClientResponse {
  /** The web's own object, for what is missing here. */
  readonly raw: Response;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  readonly #disown: () => void;
  #cancelled: boolean = false;
  /** It was read to its end, or `bytes` has begun to read it. */
  #isSpent: boolean = false;

  constructor(raw: Response, disown: () => void) {
    this.raw = raw;
    this.#disown = disown;
  }

  get status(): number {
    return this.raw.status;
  }

  /** The status is 200 to 299. */
  get ok(): boolean {
    return this.raw.ok;
  }

  get headers(): Headers {
    return this.raw.headers;
  }

  /**
   * Reads the next piece of the body; null at its end.
   *
   * @throws `IoError` if the response breaks; `ClosedError` after `cancel`, and once its scope has ended.
   * Suspends: until one has arrived. If cancelled: throws, and the rest of the body is cancelled.
   */
  *read(): Operation<Uint8Array | null> {
    this.#check();
    if (this.raw.body === null) return null;
    const reader = (this.#reader ??= this.raw.body.getReader());
    let finished = false;
    try {
      const { done, value } = yield* until(reader.read(), 'http.body');
      finished = true;
      // A cancelled body ends in the same way as a complete one.
      this.#check();
      if (done) {
        this.#isSpent = true;
        this.#disown();
      }
      return done ? null : value;
    } catch (error) {
      throw wrap('http.body', error);
    } finally {
      if (!finished) this.cancel();
    }
  }

  /**
   * Reads the whole body.
   *
   * @param options.limit the most bytes to take, 16 MiB unless given: more than of a request, since the program has
   * asked for it.
   * @throws `TooLargeError` beyond it, and cancels the rest; `IoError` if the response breaks; `ClosedError` after
   * `cancel`; `MisuseError` if it was read to its end already.
   * Suspends: until it has arrived. If cancelled: throws, and the rest of the body is cancelled.
   */
  *bytes(options: { readonly limit?: number } = {}): Operation<Buffer> {
    const limit = limitOf('bytes', options, USUAL_LIMIT);
    this.#check();
    if (this.#isSpent) throw readTwice();
    this.#isSpent = true;
    try {
      return yield* collect(this, limit, 'The body');
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  /** Reads the whole body as UTF-8 text; otherwise as `bytes`. */
  *text(options: { readonly limit?: number } = {}): Operation<string> {
    return (yield* this.bytes(options)).toString('utf8');
  }

  /** Reads the whole body as JSON; otherwise as `bytes`. @throws `SyntaxError` if it is not JSON. */
  *json(options: { readonly limit?: number } = {}): Operation<unknown> {
    return parseJson(yield* this.text(options));
  }

  /** Returns the response itself. @throws `ResponseError` unless the status is 200 to 299; the body is then cancelled. */
  expectOk(): this {
    if (this.ok) return this;
    this.cancel();
    throw new ResponseError(this);
  }

  #check(): void {
    if (this.#cancelled) throw new ClosedError('http.body: the response was cancelled, or its scope has ended');
  }

  /** Cancels the rest of the body. A plain call; twice is allowed. */
  cancel(): void {
    this.#cancelled = true;
    this.#disown();
    const cancelled = this.#reader?.cancel() ?? this.raw.body?.cancel();
    cancelled?.catch(() => {});
  }
}

printAs(ClientResponse, 'ClientResponse', ({ status, raw }) => ({ status, url: raw.url }));

/**
 * Sends a request, by Node's `fetch` and with its options, and waits for the head of the response. The response belongs
 * to the scope in which `fetch` is called, so that it outlives a `withTimeout` around the call.
 *
 * Redirects are followed unless `redirect` says otherwise. Compressed bodies are decoded, though the headers still
 * state the encoding and the length that they had. To send a stream give `body: toWebStream(…)` with `duplex: 'half'`.
 *
 * @throws `ArgumentError` unless the URL is absolute; `IoError` with Node's code if no response came.
 * Suspends: until the head has arrived. If cancelled: aborts the request and throws.
 *
 * @example
 * const response = (yield* fetch('https://example.org/')).expectOk();
 * const page = yield* response.text();
 */
export function fetch(url: string | URL, init: FetchOptions = {}): Operation<ClientResponse> {
  if (!URL.canParse(String(url))) throw expected('url', 'an absolute URL, with `https://` or `http://`', url);
  checkOptions(init, 'init');
  if ('signal' in init)
    throw new ArgumentError('`fetch` takes no `signal`: write `withTimeout(ms, fetch(…))`, or cancel the fiber');
  checkKnown('fetch', init, FETCH_OPTIONS);
  return request(url, init, currentFiber('http.fetch').scope);
}

const FETCH_OPTIONS: Known<FetchOptions & { cache?: unknown; priority?: unknown }> = {
  method: true,
  headers: true,
  body: true,
  redirect: true,
  duplex: true,
  dispatcher: true,
  keepalive: true,
  integrity: true,
  credentials: true,
  mode: true,
  referrer: true,
  referrerPolicy: true,
  window: true,
  cache: true,
  priority: true,
};

function* request(url: string | URL, init: FetchOptions, scope: Scope): Operation<ClientResponse> {
  let raw: Response;
  try {
    raw = yield* abortable((signal) => globalThis.fetch(url, { ...init, signal }), 'http.fetch');
  } catch (error) {
    // Node's `fetch` leaves a body alone that it can no longer send, and the scope waits for the fiber that feeds it.
    abandon(init.body);
    const failure = wrap('http.fetch', error);
    if (failure instanceof IoError) failure.message += adviceOn(failure, url);
    throw failure;
  }
  // Without a body there is nothing to cancel, and no end at which the scope would let go of it.
  const { body } = raw;
  if (body === null) {
    abandon(init.body);
    return new ClientResponse(raw, () => {});
  }
  const untie = ownedBy(
    scope,
    () => response.cancel(),
    () => void body.cancel().catch(() => {}),
  );
  const response = new ClientResponse(raw, () => {
    untie();
    // Whoever has answered in full need not have read all.
    abandon(init.body);
  });
  return response;
}

function adviceOn({ system, cause }: IoError, url: string | URL): string {
  const { socket, message } = cause as Error & { readonly socket?: { readonly bytesRead?: number } };
  if (system === 'UND_ERR_SOCKET' && socket?.bytesRead === 0 && new URL(url).protocol === 'http:') return MAYBE_TLS;
  return system === 'UND_ERR_INVALID_ARG' && FOREIGN_HANDLER.test(message) ? OTHER_UNDICI : '';
}

/** The server has closed the connection without a word. */
const MAYBE_TLS = ' (a server that speaks TLS does so: does the URL begin with `https:`?)';
/** What a `dispatcher` says that expects the handlers of another version of undici than the one in Node. */
const FOREIGN_HANDLER = /^invalid on\w+ method$/;
const OTHER_UNDICI =
  ' (the `dispatcher` is of a version of undici that this version of Node cannot use: `npm install undici@7`)';

const USUAL_LIMIT = 16 * 1024 * 1024;

/**
 * What happened is the `cause` of the `TypeError` ("fetch failed") that `fetch` throws; without a cause, it is about
 * the arguments.
 */
function wrap(operation: string, error: unknown): unknown {
  return error instanceof TypeError && error.cause instanceof Error ? new IoError(operation, error.cause) : error;
}
