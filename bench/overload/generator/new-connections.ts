import { connect, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { ResponseReader } from '../../harness/response-reader.js';
import { outcomeOf, outcomeOfError, type Attempt, type Settle, type Transport } from './attempt.js';

/** Every socket reads into the same memory: what comes is looked at and forgotten before the next one reads. */
const shared = Buffer.allocUnsafeSlow(65_536);

/** A socket without the machinery of a stream on the reading side, which would be half of its cost. */
export function connectLean(port: number, onRead: (chunk: Buffer) => void, noDelay: boolean): Socket {
  const onread = {
    buffer: shared,
    callback(length: number, buffer: Uint8Array): boolean {
      onRead((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  const options: TcpSocketConnectOpts = { port, host: '127.0.0.1', noDelay, onread };
  return connect(options);
}

/** A connection for each request. */
export class NewConnections implements Transport {
  private readonly port: number;
  private readonly settle: Settle;
  private readonly open = new Set<Socket>();

  constructor(port: number, settle: Settle) {
    this.port = port;
    this.settle = settle;
  }

  send(attempt: Attempt): void {
    const reader = new ResponseReader();
    let failure: string | undefined;
    const answered = (status: number): void => {
      if (status !== 0 && !attempt.settled) this.settle(attempt, outcomeOf(status));
    };
    // It is left to the server to close first: whoever does keeps the pair of ports in TIME_WAIT, and a client that did would
    // spend its time on looking for a free port.
    const socket = connectLean(this.port, (chunk) => answered(reader.take(chunk)), false);
    this.open.add(socket);
    attempt.abandon = () => void socket.destroy();
    socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
    socket.on('close', () => {
      this.open.delete(socket);
      answered(reader.end());
      if (!attempt.settled) this.settle(attempt, outcomeOfError(failure));
    });
    // Not before: a write that waits for its connection would fail with it, and errors are dear.
    socket.on('connect', () => socket.write(attempt.bytes));
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
  }
}
