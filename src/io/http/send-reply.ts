import type { ServerResponse } from 'node:http';
import { describe } from '../../base/check.js';
import { IoError, MisuseError } from '../../base/errors.js';
import { isOperation } from '../../fibers/foreign-yield.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import type { Reply } from './reply.js';
import { inSegment } from '../../fibers/segment.js';

/**
 * Sends a reply. A body that fits into the socket's buffer is handed over and done; a larger one, or a stream, keeps
 * its fiber waiting at `http.respond`, where a slow client can be seen.
 */
export function* sendReply(response: ServerResponse, reply: Reply): Operation<void> {
  if (typeof reply !== 'object' || reply === null || isOperation(reply)) throw notAReply(reply);
  const { status = 200, headers, body } = reply;
  if (typeof body === 'function') {
    response.writeHead(status, headers);
    response.flushHeaders();
    // A HEAD request gets the head of what GET would get; its body is not made.
    if (response.req.method !== 'HEAD') yield* inSegment(body((chunk) => new Suspension<void>(WRITE, response, chunk)));
    response.end();
  } else {
    sendWhole(response, status, headers, body ?? '');
  }
  if (response.writableLength > response.writableHighWaterMark) yield* new Suspension<void>(FLUSH, response, undefined);
}

/** Sends a reply whose body is at hand. A plain call. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: Reply['headers'],
  body: string | Uint8Array,
): void {
  const bodiless = status === 204 || status === 304 || status < 200;
  if (!bodiless && !response.hasHeader('content-length') && headers?.['content-length'] === undefined)
    response.setHeader('content-length', typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength);
  response.writeHead(status, headers);
  response.end(bodiless ? undefined : body);
}

function notAReply(reply: unknown): MisuseError {
  const fix = isOperation(reply) ? 'an operation that was never run: write `return yield* …`' : describe(reply);
  return new MisuseError(`The handler returned ${fix}. It has to return { status, headers, body }, text(…) or json(…)`);
}

interface Listeners {
  readonly event: 'drain' | 'finish';
  readonly done: () => void;
  readonly closed: () => void;
}

function listen(suspension: Suspension, event: Listeners['event'], done: () => void): void {
  const response = suspension.subject as ServerResponse;
  const closed = (): void => {
    unlisten(suspension);
    suspension.fail(gone());
  };
  suspension.argument = {
    event,
    closed,
    done: () => {
      unlisten(suspension);
      done();
    },
  } satisfies Listeners;
  response.once(event, (suspension.argument as Listeners).done);
  response.once('close', closed);
}

function unlisten(suspension: Suspension): boolean {
  const response = suspension.subject as ServerResponse;
  const { event, done, closed } = suspension.argument as Listeners;
  response.off(event, done);
  response.off('close', closed);
  return true;
}

function gone(): IoError {
  return new IoError('http.respond', Object.assign(new Error('the client has gone'), { code: 'ECONNRESET' }));
}

/** Waits for room first and writes then, so that a write that was cancelled was not written. */
const WRITE: SuspensionKind<ServerResponse, string | Uint8Array, void> = new SuspensionKind({
  label: new Label('http.respond'),
  attempt(suspension) {
    const response = suspension.subject as ServerResponse;
    if (response.destroyed) throw gone();
    if (response.writableNeedDrain) return false;
    response.write(suspension.argument as string | Uint8Array);
    return true;
  },
  arm(suspension) {
    const response = suspension.subject as ServerResponse;
    const chunk = suspension.argument as string | Uint8Array;
    listen(suspension, 'drain', () => {
      response.write(chunk);
      suspension.complete(undefined);
    });
  },
  abort: unlisten,
});

const FLUSH: SuspensionKind<ServerResponse, unknown, void> = new SuspensionKind({
  label: new Label('http.respond'),
  attempt: (suspension) => (suspension.subject as ServerResponse).writableFinished,
  arm: (suspension) => listen(suspension, 'finish', () => suspension.complete(undefined)),
  abort: unlisten,
});
