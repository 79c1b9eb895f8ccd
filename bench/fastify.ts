import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { Runtime, type RuntimeOptions } from 'heddle';
import { fastifyFibers } from 'heddle/fastify';
import { connections, type Benchmark, type Server, type Subject } from './harness/benchmark.js';
import { httpLoad } from './harness/http-load.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { requestsPerSecond, serverCpuPerRequest } from './metric.js';
import { recorded, unrecorded } from './peers/heddle.js';

const answer = { hello: 'world' };

async function listen(app: FastifyInstance, announce: (port: number) => void): Promise<void> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  announce((app.server.address() as AddressInfo).port);
}

const heddle =
  (options: RuntimeOptions): Server =>
  async (announce) => {
    const app = fastify();
    await app.register(fastifyFibers, { runtime: new Runtime(options) });
    app.get('/', function* () {
      return answer;
    });
    await listen(app, announce);
  };

const route =
  (add: (app: FastifyInstance) => unknown): Server =>
  async (announce) => {
    const app = fastify();
    await add(app);
    await listen(app, announce);
  };

const against =
  (subject: SubjectName): Subject =>
  async (size, context) => {
    const server = await ServerProcess.start('fastify', subject);
    const measured = await httpLoad(server, size, context);
    server.stop();
    return measured;
  };

/**
 * One request to a route of Fastify 5 whose handler is a generator (`heddle`), an async function (`fastify`), one that calls
 * `send` (`callback`), or runs an Effect (`effect`); the same answer without Fastify (`node:http`). The load comes from wrk
 * where there is one.
 */
export const benchmark: Benchmark = {
  name: 'fastify',
  operation: 'GET a small JSON object from a route of Fastify 5 on one of c keep-alive connections',
  metrics: [requestsPerSecond, serverCpuPerRequest],
  cases: [connections(100)],
  subjects: {
    heddle: against('heddle'),
    'heddle-unrecorded': against('heddle-unrecorded'),
    'node:http': against('node:http'),
    fastify: against('fastify'),
    callback: against('callback'),
    effect: against('effect'),
  },
  servers: {
    heddle: heddle(recorded),
    'heddle-unrecorded': heddle(unrecorded),
    // What Fastify itself costs.
    'node:http'(announce) {
      const server = createServer((_, response) => {
        const body = JSON.stringify(answer);
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
        response.end(body);
      });
      server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
    },
    fastify: route((app) => app.get('/', async () => answer)),
    callback: route((app) => app.get('/', (_, reply) => void reply.send(answer))),
    effect: route(async (app) => {
      const { Effect } = await import('effect');
      const handler = Effect.gen(function* () {
        return yield* Effect.succeed(answer);
      });
      app.get('/', () => Effect.runPromise(handler));
    }),
  },
};
