import { openLivePage } from '../inspect/live-page.js';
import { until } from '../fibers/until.js';
import { shield } from '../fibers/shield.js';
import { listen } from '../io/http.js';
import { main } from '../main.js';
import { fileServer } from './file-server.js';

export interface ServeOptions {
  readonly root: string;
  readonly port: number;
  readonly host: string;
  /** Of the live page; on the loopback interface whatever `host` says. */
  readonly inspectPort: number;
}

/** The program behind `heddle serve`: files on one address, the live blocking graph of doing so on another. */
export function serveDirectory({ root, port, host, inspectPort }: ServeOptions): Promise<void> {
  return main(function* serve(runtime) {
    const handler = yield* fileServer(root);
    const server = yield* listen({ port, host });
    const page = yield* until(openLivePage({ port: inspectPort, snapshot: () => runtime.snapshot() }), 'live page');
    console.log(`files of ${root}   ${server.url}\nblocking graph   ${page.url}\nstop with Ctrl-C`);
    try {
      yield* server.serve(handler);
    } finally {
      yield* shield(until(page.close(), 'live page'));
    }
  });
}
