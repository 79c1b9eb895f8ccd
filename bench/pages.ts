import { connections, type Benchmark, type Subject } from './harness/benchmark.js';
import { latencyMetrics } from './harness/latencies.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { requestsPerSecond, serverCpuPerRequest } from './metric.js';
import { Crowd } from './pages/crowd.js';
import { failedShare, generatorCpu, generatorSaturated, servedEachSecond } from './pages/metrics.js';
import { pageServers } from './peers/heddle-servers.js';
import { nodeHttpServer } from './peers/node-http-server.js';
import { workerPoolServer } from './peers/worker-pool-server.js';

/**
 * The paper's bounded pool has 150 threads, and so has that of peers/c/pages.c. So many workers
 * take 10 s and more to start, each with a heap of its own.
 */
const poolWorkers = 32;

/** How many times longer than a lap's the phases are. A thread of a pool is busy with one client for 2 s and more. */
const rampScale = 7.5;
const windowScale = (clients: number): number => (clients < 1000 ? 5 : 15);

const against =
  (subject: SubjectName): Subject =>
  async (clients, context) => {
    const server = await ServerProcess.start('pages', subject);
    const ramp = context.warmUp * rampScale;
    const window = context.duration * windowScale(clients);
    const measured = await new Crowd(server, { clients, ramp, window }).run();
    server.stop();
    return measured;
  };

/**
 * The HTTP figure of Welsh's Sandstorm: a page of 8 KB from memory, for clients that make 100 requests on a connection, wait 20
 * ms between an answer and the next request, and then connect again at once.
 *
 * A response counts from its intended start, which is the end of the pause, and so does what the generator is late by,
 * but for the millisecond that a timer of Node is. What is still waited for at the end counts with its time so far: a client
 * that is never served is in the histogram, too.
 */
export const benchmark: Benchmark = {
  name: 'pages',
  operation: 'GET a page of 8 KB; c clients, 20 ms between answer and next request, 100 requests a connection',
  metrics: [
    requestsPerSecond,
    serverCpuPerRequest,
    ...latencyMetrics('response'),
    ...latencyMetrics('connect'),
    servedEachSecond,
    failedShare,
    generatorCpu,
    generatorSaturated,
  ],
  cases: [
    connections(1, { quick: false }),
    connections(10, { quick: false }),
    connections(100, { quick: false }),
    connections(1000),
    connections(4000, { quick: false }),
  ],
  subjects: {
    heddle: against('heddle'),
    'heddle-unrecorded': against('heddle-unrecorded'),
    'heddle-compiled': against('heddle-compiled'),
    'node:http': against('node:http'),
    worker_threads: against('worker_threads'),
    pthreads: against('pthreads'),
    'pthreads-pool': against('pthreads-pool'),
    go: against('go'),
  },
  servers: {
    ...pageServers,
    'node:http': nodeHttpServer,
    worker_threads: workerPoolServer(poolWorkers),
  },
};
