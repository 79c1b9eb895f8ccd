import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { types } from 'node:util';
import { checkInteger, describe, expected } from '../../base/check.js';
import { ClosedError, IoError, MisuseError, type ArgumentError } from '../../base/errors.js';
import { unheard } from '../../base/unheard.js';
import { isOperation } from '../../fibers/foreign-yield.js';
import type { Operation } from '../../fibers/operation.js';
import { ByteWriter } from '../byte-writer.js';
import { notBytes } from '../not-bytes.js';
import { checkHeaders } from './check-headers.js';
import type { Reply } from './reply.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';

/**
 * Sends a reply. A body that fits into the response's buffer is handed over at once; with a larger one, or a stream,
 * the fiber waits at `http.respond`, where the graph shows slow clients.
 */
export function* sendReply(response: ServerResponse, reply: Reply): Operation<void> {
  if (!mayBeReply(reply)) throw notAReply(reply);
  const { status = 200, headers, body } = reply;
  // 1xx only announces a reply: the client would go on waiting.
  checkInteger('status', status, 200, 999);
  if (headers) checkHeaders(headers);
  let output: ByteWriter;
  if (typeof body === 'function') {
    response.strictContentLength = true;
    response.writeHead(status, headers);
    response.flushHeaders();
    output = bodyWriter(response);
    // A HEAD request gets the head that GET would get; its body is not made.
    if (response.req.method !== 'HEAD') {
      const written = body((chunk) => output.write(chunk));
      yield* inSegment(checkOperation(written, body));
    }
  } else if (typeof body !== 'string' && !types.isUint8Array(body) && body !== undefined && body !== null) {
    throw notABody(body);
  } else if (body && body.length > response.writableHighWaterMark) {
    if (sendHead(response, status, headers, body)) response.write(body);
    output = bodyWriter(response);
  } else {
    return sendWhole(response, status, headers, body ?? '');
  }
  // Ended only once it has drained: Node takes the connection of an ended response for idle, and cuts it when the
  // server stops.
  if (response.writableNeedDrain) yield* output.end();
  else response.end();
}

/** Sends a reply whose body is at hand. A plain call. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: Reply['headers'],
  body: string | Uint8Array,
): void {
  response.end(sendHead(response, status, headers, body) ? body : undefined);
}

/** Sends the head. Returns whether a body follows. */
function sendHead(
  response: ServerResponse,
  status: number,
  headers: Reply['headers'],
  body: string | Uint8Array,
): boolean {
  const bodiless = status === 204 || status === 304;
  response.writeHead(
    status,
    fieldsOf(response, headers, bodiless || response.hasHeader('content-length') ? null : body),
  );
  return !bodiless;
}

/**
 * `headers`, and the length of `body` unless they state one: two lengths, of which one may be wrong, are how requests
 * are smuggled. They form one flat list for `writeHead`: with a `setHeader` before it Node would merge header by
 * header.
 */
function fieldsOf(
  response: ServerResponse,
  headers: Reply['headers'],
  body: string | Uint8Array | null,
): OutgoingHttpHeader[] {
  const fields: OutgoingHttpHeader[] = [];
  let isTold = false;
  for (const [name, value] of Object.entries(headers ?? {})) {
    fields.push(name, value!);
    isTold ||= LENGTH.test(name);
  }
  // If the body is shorter, the client waits for the rest; if it is longer, it takes the rest for the next reply.
  if (isTold) response.strictContentLength = true;
  else if (body !== null)
    fields.push('content-length', typeof body === 'string' ? Buffer.byteLength(body) : body!.byteLength);
  return fields;
}

const LENGTH = /^(?:content-length|transfer-encoding)$/i;

/** Whether it can be a reply. Data that was returned by mistake would otherwise pass for an empty one. */
function mayBeReply(reply: unknown): reply is Reply {
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply) || ArrayBuffer.isView(reply)) return false;
  if (isOperation(reply) || types.isPromise(reply) || isError(reply)) return false;
  return !isData(reply);
}

/** Whether it has none of the properties of a reply, but others, or a class of its own, as a map or a date has. */
function isData(reply: Reply): boolean {
  if (reply.status !== undefined || reply.headers !== undefined || reply.body !== undefined) return false;
  return !isPlain(reply) || Object.keys(reply).some((key) => !PARTS.has(key));
}

/** What `{}` makes, in any realm. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const PARTS = new Set(['status', 'headers', 'body'] satisfies (keyof Reply)[] as string[]);

/** Of any realm; a `DOMException` is none by its type. */
const isError = (reply: object): boolean => reply instanceof Error || types.isNativeError(reply);

function notAReply(reply: unknown): MisuseError {
  unheard(reply);
  return new MisuseError(
    `The handler returned ${nameOf(reply)}. It has to return { status, headers, body }, text(…) or json(…)`,
  );
}

function nameOf(reply: unknown): string {
  if (isOperation(reply)) return 'an operation that was never run: write `return yield* …`';
  if (types.isPromise(reply)) return 'a promise that it has not waited for: write `return yield* until(…)`';
  if (typeof reply !== 'object' || reply === null) return describe(reply);
  if (isError(reply)) return `${describe(reply)}: write \`throw …\``;
  return `${describe(reply)}, which is data: write \`return ${dataAsReply(reply)}\``;
}

/** JSON makes an empty object of a map, a set or a buffer, and a list of numbers of bytes. */
function dataAsReply(data: object): string {
  if (ArrayBuffer.isView(data)) return '{ body: … }';
  if (types.isAnyArrayBuffer(data)) return '{ body: new Uint8Array(…) }';
  if (data instanceof Blob) return '{ body: new Uint8Array(yield* until(blob.arrayBuffer())) }';
  if (data instanceof Map) return 'json(Object.fromEntries(…))';
  return Symbol.iterator in data && !Array.isArray(data) ? 'json([...…])' : 'json(…)';
}

function notABody(body: unknown): ArgumentError {
  const expectation = 'a text, bytes or a function* that writes them';
  const isBytes = types.isAnyArrayBuffer(body) || ArrayBuffer.isView(body);
  if (typeof body !== 'object' || isBytes) return notBytes('body', body, expectation);
  return expected('body', expectation, body, `write \`${objectAsBody(body!)}\``);
}

function objectAsBody(body: object): string {
  if (isOperation(body)) return '{ body: yield* … }';
  if (types.isPromise(body)) return '{ body: yield* until(…) }';
  const isStream = 'pipe' in body || 'getReader' in body || Symbol.asyncIterator in body;
  return isStream ? '*body(write) { yield* reader(stream, { own: true }).forEach(write); }' : dataAsReply(body);
}

/** Writes the body of a response whose head was sent, each piece once there is room for it. */
function bodyWriter(response: ServerResponse): ByteWriter {
  const refusal = (): Error => (response.writableEnded ? complete() : gone());
  const put = (data: string | Uint8Array): boolean => {
    if (response.writableEnded || response.destroyed) throw refusal();
    return response.write(data);
  };
  const output = new ByteWriter({ put, finish: () => void response.end() }, RESPOND, response.writableNeedDrain);
  response.on('drain', () => output.drained());
  response.on('close', () => output.fail(refusal));
  return output;
}

const RESPOND = ByteWriter.kinds('http.respond');

function complete(): ClosedError {
  return new ClosedError('http.respond: the reply is complete');
}

function gone(): IoError {
  return new IoError('http.respond', Object.assign(new Error('the client has gone'), { code: 'ECONNRESET' }));
}
