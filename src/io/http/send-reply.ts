import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { checkInteger, describe, expected } from '../../base/check.js';
import { IoError, MisuseError } from '../../base/errors.js';
import { unheard } from '../../base/unheard.js';
import { isOperation } from '../../fibers/foreign-yield.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
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
  if (typeof body === 'function') {
    response.strictContentLength = true;
    response.writeHead(status, headers);
    response.flushHeaders();
    // A HEAD request gets the head that GET would get; its body is not made.
    if (response.req.method !== 'HEAD') {
      const written = body((chunk) => new Suspension<void>(WRITE, response, chunk));
      yield* inSegment(checkOperation(written, body));
    }
  } else if (typeof body !== 'string' && !(body instanceof Uint8Array) && body !== undefined && body !== null) {
    throw expected('body', 'a text, bytes or a function* that writes them', body);
  } else if (body && body.length > response.writableHighWaterMark) {
    if (sendHead(response, status, headers, body)) response.write(body);
  } else {
    return sendWhole(response, status, headers, body ?? '');
  }
  // Ended only once it has drained: Node takes the connection of an ended response for idle, and cuts it when the
  // server stops.
  if (response.writableNeedDrain) yield* new Suspension<void>(DRAIN, response, undefined);
  response.end();
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
  return !isOperation(reply) && !(reply instanceof Promise) && !isData(reply);
}

/** Whether it has properties, but none of a reply. */
function isData(reply: Reply): boolean {
  if (reply.status !== undefined || reply.headers !== undefined || reply.body !== undefined) return false;
  return Object.keys(reply).some((key) => !PARTS.has(key));
}

const PARTS = new Set(['status', 'headers', 'body'] satisfies (keyof Reply)[] as string[]);

function notAReply(reply: unknown): MisuseError {
  unheard(reply);
  return new MisuseError(
    `The handler returned ${nameOf(reply)}. It has to return { status, headers, body }, text(…) or json(…)`,
  );
}

function nameOf(reply: unknown): string {
  if (isOperation(reply)) return 'an operation that was never run: write `return yield* …`';
  if (reply instanceof Promise) return 'a promise that it has not waited for: write `return yield* until(…)`';
  if (typeof reply !== 'object' || reply === null) return describe(reply);
  return `${describe(reply)}, which is data: write \`return json(…)\``;
}

interface Listeners {
  readonly done: () => void;
  readonly closed: () => void;
}

function awaitDrain(suspension: Suspension<unknown, ServerResponse>, done: () => void): void {
  const response = suspension.subject;
  const closed = (): void => {
    unlisten(suspension);
    suspension.fail(gone());
  };
  suspension.argument = {
    closed,
    done: () => {
      unlisten(suspension);
      done();
    },
  } satisfies Listeners;
  response.once('drain', (suspension.argument as Listeners).done);
  response.once('close', closed);
}

function unlisten(suspension: Suspension<unknown, ServerResponse>): void {
  const response = suspension.subject;
  const { done, closed } = suspension.argument as Listeners;
  response.off('drain', done);
  response.off('close', closed);
}

function gone(): IoError {
  return new IoError('http.respond', Object.assign(new Error('the client has gone'), { code: 'ECONNRESET' }));
}

/** Waits for room before it writes, so that a cancelled write wrote nothing. */
const WRITE: SuspensionKind<ServerResponse, string | Uint8Array, void> = new SuspensionKind<
  ServerResponse,
  string | Uint8Array,
  void
>({
  label: new Label('http.respond'),
  attempt(suspension) {
    const response = suspension.subject;
    if (response.destroyed) throw gone();
    if (response.writableNeedDrain) return false;
    response.write(suspension.argument);
    return true;
  },
  arm(suspension) {
    const response = suspension.subject;
    const chunk = suspension.argument;
    awaitDrain(suspension, () => {
      try {
        response.write(chunk);
        suspension.complete(undefined);
      } catch (error) {
        // Thrown in a listener of the response it would end the process.
        suspension.fail(error);
      }
    });
  },
  abort: unlisten,
});

/** Waits until the response has drained. */
const DRAIN: SuspensionKind<ServerResponse, unknown, void> = new SuspensionKind({
  label: new Label('http.respond'),
  arm: (suspension) => awaitDrain(suspension, () => suspension.complete(undefined)),
  abort: unlisten,
});
