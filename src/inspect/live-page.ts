import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../blocking-graph/snapshot.js';
import { renderDot } from '../blocking-graph/render/dot.js';
import { renderJson } from '../blocking-graph/render/json.js';
import { pageScript } from '../blocking-graph/render/page-script.js';
import { pageStyle } from '../blocking-graph/render/page-style.js';
import { renderPrometheus } from '../blocking-graph/render/prometheus.js';
import { History } from './history.js';
import { livePageHtml } from './live-page-html.js';
import { liveScript } from './live-page-script.js';
import { liveView, type LiveView } from './live-view.js';
import { namesLoopback } from './names-loopback.js';
import { shareRunning } from './share-running.js';

export interface LivePageOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly snapshot: () => Promise<Snapshot>;
}

export interface LivePage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a page that shows the blocking graph of a running program. The browser lays the graph out, so that the program
 * pays for little more than a snapshot a second. Only on the loopback interface, and only for requests that name it as
 * their host, so that a page from elsewhere whose name resolves to 127.0.0.1 gets nothing. Does not keep the process alive.
 *
 * @throws the system's error when the port cannot be opened.
 */
export async function openLivePage(options: LivePageOptions): Promise<LivePage> {
  const history = new History(KEEP_EVERY_MS, LONGEST_MS);
  const snapshot = shareRunning(async () => {
    const taken = await options.snapshot();
    history.add(taken);
    return taken;
  });
  const server = createServer(LIMITS, (request, response) => {
    if (!namesLoopback(request.headers.host))
      return refuse(response, 403, 'This page is served on the loopback interface only');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'There is nothing but GET');
    respond(request, response, snapshot, history).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // As for the inspection socket: accepting may fail at the limit of descriptors.
  server.on('error', () => {});
  server.on('connection', (socket) => socket.unref());
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function respond(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  snapshot: () => Promise<Snapshot>,
  history: History,
): Promise<void> {
  // Concatenated, since `//` resolved against a base would be the beginning of a host.
  const { pathname, searchParams } = new URL(`http://localhost${url.startsWith('/') ? url : '/'}`);
  const send = (type: string, body: string | Buffer, cache = 'no-store'): void => {
    response.writeHead(200, {
      ...HEADERS,
      'content-type': type,
      'cache-control': cache,
      'content-length': Buffer.byteLength(body),
    });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const view = async (query: URLSearchParams): Promise<LiveView> => {
    const taken = await snapshot();
    const lastMs = Number(query.get('last') ?? 0);
    return liveView(lastMs > 0 ? history.last(lastMs, taken) : taken, {
      structure: query.get('structure'),
      focus: query.get('focus'),
      filter: query.get('filter') ?? '',
    });
  };
  switch (pathname) {
    case '/':
      return send('text/html; charset=utf-8', livePageHtml);
    case '/page.css':
      return send('text/css; charset=utf-8', pageStyle);
    case '/page.js':
      return send('text/javascript; charset=utf-8', pageScript + liveScript);
    case '/viz.js':
      return send(
        'text/javascript; charset=utf-8',
        await readFile(fileURLToPath(import.meta.resolve('@viz-js/viz'))),
        'max-age=86400',
      );
    case '/view.json':
      return send('application/json', JSON.stringify(await view(searchParams)));
    case '/snapshot.json':
      return send('application/json', renderJson(await snapshot()));
    case '/graph.dot':
      return send('text/vnd.graphviz; charset=utf-8', renderDot(await snapshot()));
    case '/metrics':
      return send('text/plain; version=0.0.4; charset=utf-8', renderPrometheus(await snapshot()));
    default:
      return refuse(response, 404, 'There are /, /snapshot.json, /graph.dot and /metrics');
  }
}

/** In ms. Half a request must not hold a connection for long. By default Node checks only twice a minute. */
const LIMITS: ServerOptions = { headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };

/** The page offers up to a minute; a snapshot of hundreds of nodes takes megabytes. */
const LONGEST_MS = 60_000;
const KEEP_EVERY_MS = 5000;

const HEADERS = {
  // Graphviz is WebAssembly; nothing else runs, and nothing comes from elsewhere.
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(`${reason}\n`);
}
