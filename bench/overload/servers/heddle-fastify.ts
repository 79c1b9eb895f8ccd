import fastify from 'fastify';
import { Runtime, type SchedulingOptions } from 'heddle';
import { fastifyFibers } from 'heddle/fastify';
import type { Routes } from './plain.js';
import { reply, replyHeaders } from './reply.js';

/** Fastify 5 as in `under-pressure`, with heddle's plugin and the fibers' half of the work. Answers how many fibers live. */
export async function serveHeddleFastify(
  routes: Routes,
  options: { readonly goal: number; readonly scheduling: SchedulingOptions },
  announce: (port: number) => void,
): Promise<() => number> {
  const { goal, scheduling } = options;
  const runtime = new Runtime({ scheduling });
  const server = fastify();
  await server.register(fastifyFibers, {
    runtime,
    goal,
    priorityOf: ({ url }) => (url === '/health' ? 10 : 1),
  });
  for (const [path, work] of routes)
    server.get(path, function* (_request, response) {
      yield* work.fiber();
      response.headers(replyHeaders);
      return reply;
    });
  await server.listen({ port: 0, host: '127.0.0.1' });
  announce((server.server.address() as { port: number }).port);
  return () => runtime.snapshotNow().fibers.live;
}
