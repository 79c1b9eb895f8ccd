import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as elapse } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { run, spawnDaemon, type Operation } from 'heddle';
import { listen } from 'heddle/http';
import type { Benchmark, Server, Subject } from './harness/benchmark.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { medianMs, p99Ms } from './metric.js';

const reply = 'hello\n';

/** Computes for `ms` without ever saying `yield*`. */
// oxlint-disable-next-line require-yield
function* hog(ms: number): Operation<number> {
  const end = performance.now() + ms;
  let turns = 0;
  while (performance.now() < end) turns++;
  return turns;
}

const heddle: Server = (announce) =>
  run(function* () {
    const server = yield* listen({ port: 0, host: '127.0.0.1' });
    announce(server.port);
    yield* server.serve(function* (request) {
      const ms = Number(new URL(request.url, 'http://localhost').searchParams.get('spin'));
      if (ms > 0) yield* spawnDaemon(hog, ms);
      return { status: 200, body: reply };
    });
  });

const nodeHttp: Server = (announce) => {
  const server = createServer((request, response) => {
    const ms = Number(new URL(request.url!, 'http://localhost').searchParams.get('spin'));
    response.end(reply);
    const end = performance.now() + ms;
    if (ms > 0)
      setImmediate(() => {
        while (performance.now() < end);
      });
  });
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
};

/** What people do about it: computing has a thread of its own, and a worker is started for it. */
const workerThreads: Server = (announce) => {
  const server = createServer((request, response) => {
    const ms = Number(new URL(request.url!, 'http://localhost').searchParams.get('spin'));
    response.end(reply);
    if (ms > 0) new Worker(new URL('./peers/spinning-worker.js', import.meta.url), { workerData: ms });
  });
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
};

/** Ten clients that ask, wait for the answer, and think a while: far from what the server could do. */
const clients = 10;
const thinkMs = 5;

const against =
  (subject: SubjectName): Subject =>
  async (hogs, context) => {
    const server = await ServerProcess.start('hog', subject);
    const duration = context.duration * 5;
    const latencies: number[] = [];
    const sockets = await Promise.all(Array.from({ length: clients }, () => open(server.port)));
    await Promise.all(sockets.map((socket) => ask(socket, '/', context.warmUp, [])));
    for (let hog = 0; hog < hogs; hog++) await roundTrip(sockets[hog]!, `/?spin=${duration}`);
    await Promise.all(sockets.map((socket) => ask(socket, '/', duration, latencies)));
    for (const socket of sockets) socket.destroy();
    server.stop();
    latencies.sort((a, b) => a - b);
    const percentile = (p: number) => latencies[Math.floor((latencies.length - 1) * p)]!;
    return { [p99Ms.name]: percentile(0.99), [medianMs.name]: percentile(0.5) };
  };

async function ask(socket: Socket, path: string, ms: number, latencies: number[]): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await elapse(thinkMs)) {
    const start = performance.now();
    await roundTrip(socket, path);
    latencies.push(performance.now() - start);
  }
}

function roundTrip(socket: Socket, path: string): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!text.endsWith(reply)) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** How long a request to an HTTP server takes while n of its fibers compute and never say `yield*`. */
export const benchmark: Benchmark = {
  name: 'hog',
  operation: 'a request beside n requests that compute for as long as the measurement takes',
  metrics: [p99Ms, medianMs],
  cases: [
    { name: 'n=0', size: 0 },
    { name: 'n=1', size: 1 },
    { name: 'n=4', size: 4, quick: false },
  ],
  subjects: {
    heddle: against('heddle'),
    'heddle-compiled': against('heddle-compiled'),
    'node:http': against('node:http'),
    worker_threads: against('worker_threads'),
    go: against('go'),
  },
  servers: { heddle, 'heddle-compiled': heddle, 'node:http': nodeHttp, worker_threads: workerThreads },
};
