import type { AddressInfo } from 'node:net';
import { connections, type Benchmark, type Subject } from './harness/benchmark.js';
import { httpLoad } from './harness/http-load.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { requestsPerSecond, serverCpuPerRequest } from './metric.js';
import { pageServers } from './peers/heddle-servers.js';
import { nodeHttpServer } from './peers/node-http-server.js';
import { watchWaiting } from './peers/async-hooks.js';
import { backlog, page, pageHeaders } from './peers/page.js';

const against =
  (subject: SubjectName): Subject =>
  async (size, context) => {
    const server = await ServerProcess.start('http', subject);
    const measured = await httpLoad(server, size, context);
    server.stop();
    return measured;
  };

/**
 * One request: GET, answered with a page of 8 KB from memory, on one of c keep-alive
 * connections. The load comes from wrk where there is one.
 */
export const benchmark: Benchmark = {
  name: 'http',
  operation: 'GET a page of 8 KB on one of c keep-alive connections',
  metrics: [requestsPerSecond, serverCpuPerRequest],
  cases: [connections(1, { quick: false }), connections(100), connections(1000), connections(10_000, { quick: false })],
  limits: (complaint) =>
    /EMFILE|Socket errors: connect [1-9]/.test(complaint) ? 'more descriptors than the system allows' : undefined,
  subjects: {
    heddle: against('heddle'),
    'heddle-unrecorded': against('heddle-unrecorded'),
    'heddle-compiled': against('heddle-compiled'),
    'node:http': against('node:http'),
    fastify: against('fastify'),
    go: against('go'),
    pthreads: against('pthreads'),
  },
  servers: {
    ...pageServers,
    'node:http': nodeHttpServer,
    async_hooks(announce) {
      watchWaiting();
      nodeHttpServer(announce);
    },
    async fastify(announce) {
      const { default: fastify } = await import('fastify');
      const app = fastify();
      app.get('/', (_, reply) => reply.headers(pageHeaders).send(page));
      await app.listen({ port: 0, host: '127.0.0.1', backlog });
      announce((app.server.address() as AddressInfo).port);
    },
  },
};
