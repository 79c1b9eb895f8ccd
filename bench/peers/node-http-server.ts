import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from '../harness/benchmark.js';
import { backlog, page, pageHeaders } from './page.js';

/** Answers every request with the page, by callback. */
export const nodeHttpServer: Server = (announce) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, pageHeaders);
    response.end(page);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog }, () => announce((server.address() as AddressInfo).port));
};
