import type { ServerOptions } from 'node:http';
import type { ServerOptions as TlsServerOptions } from 'node:https';
import { checkDuration, checkFunction, checkGoal, checkInteger, checkOptions, checkText } from '../../base/check.js';
import { USUAL_BACKLOG } from '../kernel-queue.js';
import type { ServerRequest } from './server-request.js';

export interface HttpServerOptions {
  /** 0 unless given: any free one. */
  readonly port?: number;
  /** All addresses unless given, as in Node. */
  readonly host?: string;
  /**
   * How long an answer may take, in ms, before it is worth nothing to who asked. With a goal the server lets in only as
   * many requests as it can answer in that time with what it has of processor, memory and descriptors, and answers 503 to the others.
   * Too low, and it refuses what it could have done in time; too high, and answers come late before anything is refused.
   * Without one it takes all that come.
   */
  readonly goal?: number;
  /**
   * Tells kinds of requests apart, by whose cost each is judged; method and path unless given. There should be tens of
   * kinds, not one for each user: beyond a hundred the rest is one kind.
   */
  readonly kindOf?: (request: ServerRequest) => string;
  /**
   * The share of the processor for a request in relation to others, 1 unless given. What has more than 1, such as the
   * check of a load balancer, is let in even under overload, within a twentieth of the processor.
   */
  readonly priorityOf?: (request: ServerRequest) => number;
  /**
   * How many connections the kernel keeps until they are accepted; 511 unless given, as in Node. With a goal as many as can be
   * served within half of it, 64 at least, and under overload within a tenth: what stands there for longer is served for nothing.
   */
  readonly backlog?: number;
  /** For HTTPS. */
  readonly tls?: TlsServerOptions;
  /** Node's own limits (`headersTimeout`, `requestTimeout`, `keepAliveTimeout`, `maxHeaderSize`, …), in ms and bytes. */
  readonly node?: ServerOptions;
  /** How long requests may go on after the server was told to stop, in ms; 10,000 unless given, `Infinity` for as long as they take. */
  readonly grace?: number;
  /** Is told what handlers threw, except what answers the client (`HttpError`); prints it unless given. */
  readonly onError?: (error: unknown, request: ServerRequest) => void;
}

/** @throws `ArgumentError`. What was not checked here would be found out by the first request. */
export function checkServerOptions(options: HttpServerOptions): void {
  checkOptions(options);
  const { port = 0, host, goal, backlog = USUAL_BACKLOG, grace = 0 } = options;
  checkInteger('port', port, 0, 65_535);
  if (host !== undefined) checkText('host', host, 'an address of this machine');
  for (const name of ['tls', 'node'] as const) if (options[name] !== undefined) checkOptions(options[name], name);
  checkInteger('backlog', backlog, 1);
  checkDuration('grace', grace, true);
  if (goal !== undefined) checkGoal('goal', goal);
  for (const name of ['kindOf', 'priorityOf', 'onError'] as const)
    if (options[name] !== undefined) checkFunction(name, options[name]);
}
