import { isMainThread, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { page, pageHeaders } from './page.js';

export interface BlockingWorkerData {
  /** Bytes come in, answers go out; null from the main thread is the end of a connection, null from here agrees. */
  readonly port: MessagePort;
  /** The main thread counts up what it has sent. */
  readonly sent: Int32Array;
}

/** A thread of the pool: straight-line code that blocks in `receive`, one connection after another. */
function work({ port, sent }: BlockingWorkerData): never {
  const headerLines = Object.entries(pageHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headerLines.join('')}\r\n`), page]);

  function receive(): Uint8Array | null {
    for (;;) {
      const seen = Atomics.load(sent, 0);
      const received = receiveMessageOnPort(port) as { readonly message: Uint8Array | null } | undefined;
      if (received !== undefined) return received.message;
      Atomics.wait(sent, 0, seen);
    }
  }

  function serve(): void {
    let request = '';
    for (let chunk = receive(); chunk !== null; chunk = receive()) {
      request += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      for (let end = request.indexOf('\r\n\r\n'); end !== -1; end = request.indexOf('\r\n\r\n')) {
        port.postMessage(answer);
        request = request.slice(end + 4);
      }
    }
  }

  for (;;) {
    serve();
    port.postMessage(null);
  }
}

if (!isMainThread) work(workerData as BlockingWorkerData);
