import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run, type RunOptions } from 'heddle';
import { listen } from 'heddle/http';
import { connections, type Benchmark, type Server, type Subject } from './harness/benchmark.js';
import { closedLoop } from './harness/closed-loop.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { wrk, wrkIsInstalled } from './harness/wrk.js';
import { requestsPerSecond, serverCpuPerRequest } from './metric.js';
import { recorded, unrecorded } from './peers/heddle.js';

const page = Buffer.alloc(8192, 'x');
const headers = { 'content-type': 'text/plain', 'content-length': String(page.length) };

const heddle =
  (options: RunOptions): Server =>
  (announce) =>
    run(function* () {
      const server = yield* listen({ port: 0, host: '127.0.0.1' });
      announce(server.port);
      // oxlint-disable-next-line require-yield
      yield* server.serve(function* () {
        return { status: 200, headers, body: page };
      });
    }, options);

/** Counts the responses in a keep-alive stream by their headers' `content-length`. */
function countResponses(): (chunk: Buffer) => number {
  let head = '';
  let bodyLeft = 0;
  return (chunk) => {
    let complete = 0;
    let rest = chunk;
    while (rest.length > 0) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, rest.length);
        rest = rest.subarray(taken);
        bodyLeft -= taken;
        if (bodyLeft === 0) complete++;
        continue;
      }
      const blank = rest.indexOf('\r\n\r\n');
      head += rest.toString('latin1', 0, blank === -1 ? rest.length : blank);
      if (blank === -1) break;
      rest = rest.subarray(blank + 4);
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`Unexpected response: ${head.slice(0, 80)}`);
      bodyLeft = Number(/content-length: *(\d+)/i.exec(head)?.[1]);
      head = '';
    }
    return complete;
  };
}

const request = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

const against =
  (subject: SubjectName): Subject =>
  async (size, context) => {
    const server = await ServerProcess.start('http', subject);
    const measured = wrkIsInstalled()
      ? await wrk(server, size, context)
      : await closedLoop(server, { connections: size, request, responses: countResponses }, context);
    server.stop();
    return measured;
  };

/** One request: GET, answered with a page of 8 KB from memory, on one of c keep-alive connections. The load comes from wrk where there is one. */
export const benchmark: Benchmark = {
  name: 'http',
  operation: 'GET a page of 8 KB on one of c keep-alive connections',
  metrics: [requestsPerSecond, serverCpuPerRequest],
  cases: [connections(1, { quick: false }), connections(100), connections(1000)],
  subjects: {
    heddle: against('heddle'),
    'heddle-unrecorded': against('heddle-unrecorded'),
    'node:http': against('node:http'),
    go: against('go'),
  },
  servers: {
    heddle: heddle(recorded),
    'heddle-unrecorded': heddle(unrecorded),

    'node:http': (announce) => {
      const server = createServer((_request, response) => {
        response.writeHead(200, headers);
        response.end(page);
      });
      server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
    },
  },
};
