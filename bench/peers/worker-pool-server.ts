import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Server } from '../harness/benchmark.js';
import type { BlockingWorkerData } from './blocking-worker.js';
import { backlog } from './page.js';

/**
 * A bounded pool of blocking threads behind one listener. A worker cannot read a socket and wait for it, so the main thread
 * does the reading and writing, and the worker blocks on a message instead. It is busy with its connection until the
 * client closes that; the others wait, unread.
 */
export function workerPoolServer(threads: number): Server {
  return async (announce) => {
    const waiting: Socket[] = [];
    const idle = await Promise.all(Array.from({ length: threads }, () => PoolThread.start()));

    function serveNext(): void {
      while (idle.length > 0 && waiting.length > 0) {
        const thread = idle.pop()!;
        thread.serve(waiting.shift()!, () => {
          idle.push(thread);
          serveNext();
        });
      }
    }
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      waiting.push(socket);
      serveNext();
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog }, () => announce((server.address() as AddressInfo).port));
  };
}

class PoolThread {
  private readonly port: MessagePort;
  private readonly sent = new Int32Array(new SharedArrayBuffer(4));
  private socket: Socket | null = null;
  private onFree: () => void = () => {};

  private constructor(port: MessagePort) {
    this.port = port;
    port.on('message', (answer: Uint8Array | null) => {
      if (answer === null) this.onFree();
      else this.socket?.write(answer);
    });
  }

  /** Resolves when the worker runs. */
  static async start(): Promise<PoolThread> {
    const { port1, port2 } = new MessageChannel();
    const thread = new PoolThread(port1);
    const workerData: BlockingWorkerData = { port: port2, sent: thread.sent };
    const worker = new Worker(new URL('./blocking-worker.js', import.meta.url), { workerData, transferList: [port2] });
    await once(worker, 'online');
    return thread;
  }

  /** `onFree` is called when the connection is over, and the worker has seen it. */
  serve(socket: Socket, onFree: () => void): void {
    this.socket = socket;
    this.onFree = onFree;
    socket.on('data', (chunk) => this.send(chunk as Buffer));
    socket.on('close', () => {
      this.socket = null;
      this.send(null);
    });
    if (socket.destroyed) socket.emit('close');
    else socket.resume();
  }

  private send(message: Uint8Array | null): void {
    this.port.postMessage(message);
    Atomics.add(this.sent, 0, 1);
    Atomics.notify(this.sent, 0);
  }
}
