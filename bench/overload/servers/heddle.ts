import { Runtime, type Operation, type SchedulingOptions } from 'heddle';
import { listen, type HttpServerOptions, type Reply } from 'heddle/http';
import type { Routes } from './plain.js';
import { reply, replyHeaders } from './reply.js';

export interface HeddleOptions {
  /** The latency goal in ms that switches admission on; without it everything is admitted. */
  readonly goal?: number;
  /** Switches of what heddle controls by; all are on unless named here. */
  readonly scheduling: SchedulingOptions;
  readonly backlog?: number;
}

const done: Reply = { status: 200, headers: replyHeaders, body: reply };
const notFound: Reply = { status: 404 };

/** heddle's server with the fibers' half of the work. Answers how many fibers live. */
export function serveHeddle(routes: Routes, options: HeddleOptions, announce: (port: number) => void): () => number {
  const { goal, backlog, scheduling } = options;
  const runtime = new Runtime({ scheduling });
  const serverOptions: HttpServerOptions = {
    port: 0,
    host: '127.0.0.1',
    priorityOf: ({ path }) => (path === '/health' ? 10 : 1),
    ...(backlog !== undefined && { backlog }),
    ...(goal !== undefined && { goal }),
  };
  void runtime.run(function* () {
    const server = yield* listen(serverOptions);
    announce(server.port);
    yield* server.serve(function* (request): Operation<Reply> {
      const work = routes.get(request.path);
      if (work === undefined) return notFound;
      yield* work.fiber();
      return done;
    });
  });
  return () => runtime.snapshotNow().fibers.live;
}
