import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connections, type Benchmark, type Server, type Subject } from './harness/benchmark.js';
import { echoLoad } from './harness/echo-load.js';
import { ServerProcess } from './harness/server-process.js';
import type { SubjectName } from './harness/subject-name.js';
import { requestsPerSecond, serverCpuPerRequest } from './metric.js';
import { watchWaiting } from './peers/async-hooks.js';
import { echoServers } from './peers/heddle-servers.js';

const plain = (serve: (socket: Socket) => void): Server => {
  return (announce) => {
    const server = createServer({ noDelay: true }, serve);
    server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
  };
};

const byAwait = plain(async (socket) => {
  try {
    for await (const chunk of socket) if (!socket.write(chunk as Buffer)) await once(socket, 'drain');
  } catch {
    socket.destroy();
  }
});

const against =
  (subject: SubjectName): Subject =>
  async (size, context) => {
    const server = await ServerProcess.start('echo', subject);
    const measured = await echoLoad(server, size, context);
    server.stop();
    return measured;
  };

/** One request: a client sends 64 bytes over a connection that stays open and waits until they are back. */
export const benchmark: Benchmark = {
  name: 'echo',
  operation: '64 bytes to the server and back, on one of c connections that stay open',
  metrics: [requestsPerSecond, serverCpuPerRequest],
  cases: [connections(1, { quick: false }), connections(100), connections(1000)],
  subjects: {
    heddle: against('heddle'),
    'heddle-unrecorded': against('heddle-unrecorded'),
    'heddle-compiled': against('heddle-compiled'),
    await: against('await'),
    net: against('net'),
    go: against('go'),
  },
  servers: {
    ...echoServers,

    net: plain((socket) => {
      socket.on('data', (chunk) => {
        if (socket.write(chunk)) return;
        socket.pause();
        socket.once('drain', () => socket.resume());
      });
      socket.on('error', () => socket.destroy());
    }),

    await: byAwait,

    async_hooks(announce) {
      watchWaiting();
      byAwait(announce);
    },
  },
};
