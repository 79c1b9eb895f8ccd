import underPressure from '@fastify/under-pressure';
import fastify from 'fastify';
import type { Routes } from '../servers/plain.js';
import { reply, replyHeaders } from '../servers/reply.js';

/**
 * Those of the plugin's documentation; the two of memory made to fit the
 * scenarios' 256 MB, of which it would never begin to serve.
 */
const thresholds = {
  maxEventLoopDelay: 1000,
  maxHeapUsedBytes: 200 * 2 ** 20,
  maxRssBytes: 400 * 2 ** 20,
  maxEventLoopUtilization: 0.98,
};

/** Whoever asks how the server is doing wants to know it under pressure, too. */
const exempt = { config: { pressureHandler() {} } };

/** Fastify 5 with its own answer to overload: 503 while a measure of the process is over its threshold. */
export async function serveUnderPressure(
  routes: Routes,
  backlog: number,
  announce: (port: number) => void,
): Promise<void> {
  const server = fastify();
  await server.register(underPressure, thresholds);
  for (const [path, work] of routes)
    server.get(path, path === '/health' ? exempt : {}, async (_request, response) => {
      await work.plain();
      return response.headers(replyHeaders).send(reply);
    });
  await server.listen({ port: 0, host: '127.0.0.1', backlog });
  announce((server.server.address() as { port: number }).port);
}
