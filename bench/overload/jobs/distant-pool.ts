import { connect, createServer, type AddressInfo } from 'node:net';
import { Slots } from './slots.js';

const query = Buffer.from('?');
const result = Buffer.from('!');

/** Slots, and milliseconds that a query keeps one. */
export const poolSlots = 20;
export const poolMs = 10;

/**
 * A server of 20 slots of 10 ms, as a database is one: it answers a byte for every byte, in order, and whoever asks sees
 * nothing of its queue. Runs in a process of its own.
 */
export function serveDistantPool(announce: (port: number) => void): void {
  const slots = new Slots(poolSlots);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (queries) => {
      for (let left = queries.length; left > 0; left--)
        void slots.acquire().then(() =>
          setTimeout(() => {
            slots.release();
            socket.write(result);
          }, poolMs),
        );
    });
  });
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
}

/** A client of it over one connection: a query is settled when its byte has come. */
export function distantPool(port: number): () => Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const waiting: (() => void)[] = [];
  socket.on('data', (results) => {
    for (const settle of waiting.splice(0, results.length)) settle();
  });
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.write(query);
    });
}
