import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Slots } from './slots.js';

/** Slots, and milliseconds that a query keeps one unless it says otherwise. */
export const poolSlots = 20;
export const poolMs = 10;

/** Bytes of a frame: of a query its number and how long it takes, in ms; of a result the number. */
const queryBytes = 6;
const resultBytes = 4;

/**
 * A server of 20 slots, as a database is one: it does what it is asked in order of arrival, whether or not somebody still waits for
 * it, and whoever asks sees nothing of its queue. Runs in a process of its own.
 */
export function serveDistantPool(announce: (port: number) => void): void {
  const slots = new Slots(poolSlots);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onFrames(socket, queryBytes, (query) => {
      const result = Buffer.from(query.subarray(0, resultBytes));
      const ms = query.readUInt16LE(resultBytes);
      void slots.acquire().then(() =>
        setTimeout(() => {
          slots.release();
          socket.write(result);
        }, ms),
      );
    });
  });
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
}

/** A client of it over one connection, whose queries take `ms`. */
export function distantPool(port: number): (ms?: number) => Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const waiting: Map<number, () => void> = new Map();
  let queries = 0;
  onFrames(socket, resultBytes, (result) => {
    const number = result.readUInt32LE();
    waiting.get(number)!();
    waiting.delete(number);
  });
  return (ms = poolMs) =>
    new Promise((resolve) => {
      waiting.set(++queries, resolve);
      const query = Buffer.allocUnsafe(queryBytes);
      query.writeUInt32LE(queries);
      query.writeUInt16LE(Math.round(ms), resultBytes);
      socket.write(query);
    });
}

/** Calls `take` with each frame of so many bytes. */
function onFrames(socket: Socket, bytes: number, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    let at = 0;
    for (; at + bytes <= rest.length; at += bytes) take(rest.subarray(at, at + bytes));
    rest = rest.subarray(at);
  });
}
