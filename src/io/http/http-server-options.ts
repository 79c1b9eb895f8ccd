import type { ServerOptions } from 'node:http';
import type { ServerOptions as TlsServerOptions } from 'node:https';
import { checkDuration, checkFunction, checkGoal, checkInteger, checkText } from '../../base/check.js';
import { checkKnown, type Known } from '../../base/known-options.js';
import { USUAL_BACKLOG } from '../kernel-queue.js';
import { checkNodeOptions } from '../node-options.js';
import { checkPlace } from '../place.js';
import { checkReusePort } from '../reuse-port.js';
import { checkCertificate } from '../server-certificate.js';
import type { ServerRequest } from './server-request.js';

export interface HttpServerOptions {
  /** 0 unless given: any free one. This, `path` or `fd`. */
  readonly port?: number;
  /** All addresses unless given, as in Node. */
  readonly host?: string;
  /** Path of a Unix socket. */
  readonly path?: string;
  /** A socket that this process has inherited, at a port or a path: of systemd the first one is 3, the next one 4. */
  readonly fd?: number;
  /**
   * Whether other processes may listen at the same port. The kernel spreads connections over those that ask for it; each has a queue
   * of its own there. From Node 22.12 on, and not on macOS and Windows.
   */
  readonly reusePort?: boolean;
  /**
   * How long an answer may take, in ms, before the client has no use for it. With a goal the server admits only as many
   * requests as it can answer in that time with the processor, memory and descriptors it has, and answers 503 to the
   * others. Too low, and it refuses requests that it could have answered in time; too high, and answers are late before
   * anything is refused. Without a goal all requests are admitted.
   */
  readonly goal?: number;
  /**
   * The kind of a request: what a request will cost is predicted from others of its kind. Method and path unless given.
   * There should be tens of kinds, not one for each user: beyond a hundred the rest is one kind. Only with a goal.
   */
  readonly kindOf?: (request: ServerRequest) => string;
  /**
   * The share of the processor for a request relative to others, 1 unless given. A request with more than 1, such as
   * the check of a load balancer, is admitted even under overload, within a twentieth of the processor. Only with a
   * goal.
   */
  readonly priorityOf?: (request: ServerRequest) => number;
  /**
   * How many connections the kernel queues before they are accepted; 511 unless given, as in Node. With a goal, and
   * without a number here, it is adjusted: as many as can be served within half of the goal, 64 at least; under
   * overload within a tenth of the goal, 64 at most: those behind them would be answered too late.
   */
  readonly backlog?: number;
  /** For HTTPS: the options of `https.createServer`. */
  readonly tls?: TlsServerOptions;
  /** Node's own limits (`headersTimeout`, `requestTimeout`, `keepAliveTimeout`, `maxHeaderSize`, …), in ms and bytes. */
  readonly node?: ServerOptions;
  /** How long requests may go on after the server was told to stop, in ms; 10,000 unless given, `Infinity` for no limit. */
  readonly grace?: number;
  /**
   * Called with what handlers threw, unless that became the answer (`HttpError`, `TooLargeError`, `OverloadError`) or
   * the client has gone. Unless given, it is printed to standard error.
   */
  readonly onError?: (error: unknown, request: ServerRequest) => void;
}

export const SERVER_OPTIONS: Known<HttpServerOptions> = {
  port: true,
  host: true,
  path: true,
  fd: true,
  reusePort: true,
  goal: true,
  kindOf: true,
  priorityOf: true,
  backlog: true,
  tls: true,
  node: true,
  grace: true,
  onError: true,
};

/** @throws `ArgumentError`. Without these checks the first request would fail instead. */
export function checkServerOptions(f: string, options: HttpServerOptions, known: Known<HttpServerOptions>): void {
  checkKnown(f, options, known);
  const { host, goal, backlog = USUAL_BACKLOG, grace = 0 } = options;
  checkPlace(options, 0, false);
  checkReusePort(options);
  if (host !== undefined) checkText('host', host, 'an address of this machine');
  for (const name of ['tls', 'node'] as const) if (options[name] !== undefined) checkNodeOptions(name, options[name]);
  if (options.tls !== undefined) checkCertificate(options.tls);
  checkInteger('backlog', backlog, 1);
  checkDuration('grace', grace, true);
  if (goal !== undefined) checkGoal('goal', goal);
  for (const name of ['kindOf', 'priorityOf', 'onError'] as const)
    if (options[name] !== undefined) checkFunction(name, options[name]);
}
