import { ArgumentError, CancelledError, IoError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';
import { openLivePage } from '../inspect/live-page.js';
import { namesLoopback } from '../inspect/names-loopback.js';
import { until } from '../fibers/until.js';
import { shield } from '../fibers/shield.js';
import { listen, text, type Handler, type Reply, type ServerRequest } from '../io/http.js';
import { main } from '../main.js';
import { fileServer } from './file-server.js';
import { statsOf } from './stats-of.js';

export interface ServeDirectoryOptions {
  readonly root: string;
  readonly port: number;
  readonly host: string;
  /** Port of the live page, which is on the loopback interface whatever `host` says. */
  readonly inspectPort: number;
  /** Whether files and directories whose names begin with a dot are served too. */
  readonly hidden: boolean;
}

/** The program behind `heddle serve`: files on one address, the live blocking graph of doing so on another. */
export function serveDirectory({ root, port, host, inspectPort, hidden }: ServeDirectoryOptions): Promise<void> {
  if (!statsOf(root)?.isDirectory()) throw new ArgumentError(`There is no directory \`${root}\` to serve`);
  return main(function* serve(runtime) {
    const handler = forHost(host, yield* fileServer(root, { hidden }));
    const server = yield* orExplain(listen({ port, host }), '--port');
    if (server === null) return;
    const page = yield* orExplain(
      until(openLivePage({ port: inspectPort, snapshot: () => runtime.snapshot() }), 'live page'),
      '--inspect-port',
    );
    if (page === null) return;
    console.log(`files of ${root}   ${server.url}\nblocking graph   ${page.url}\nstop with Ctrl-C`);
    try {
      yield* server.serve(handler);
    } finally {
      yield* shield(until(page.close(), 'live page'));
    }
  });
}

/**
 * On the loopback interface, serves only requests that name it as their host: pages from elsewhere (DNS rebinding) must
 * not read what is not for the network.
 */
function forHost(host: string, handler: Handler): Handler {
  if (!namesLoopback(host.includes(':') ? `[${host}]` : host)) return handler;
  return function file(request: ServerRequest): Operation<Reply> {
    return namesLoopback(request.headers.host) ? handler(request) : refused();
  };
}

function* refused(): Operation<Reply> {
  return text('These files are served on the loopback interface only\n', { status: 403 });
}

/**
 * Reports a failure to listen in one line, and for a port that is not available the option that chooses another: a
 * stack would only show where heddle asked for it. Returns null then.
 */
function* orExplain<T>(opening: Operation<T>, option: string): Operation<T | null> {
  try {
    return yield* opening;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const advice = UNAVAILABLE.has(systemCode(error))
      ? `: choose another port with ${option}, 0 for any that is free`
      : '';
    console.error(`heddle: ${(error as Error).message}${advice}`);
    process.exitCode = 1;
    return null;
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof IoError ? error.system : (error as NodeJS.ErrnoException).code;
}

const UNAVAILABLE: ReadonlySet<string | undefined> = new Set(['EADDRINUSE', 'EACCES']);
