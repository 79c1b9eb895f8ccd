import { seededRandom } from '../random.js';
import type { Connections, RequestClass } from '../scenario.js';

/** Draws which class comes next, and has its bytes ready. */
export class Requests {
  readonly bytes: readonly Buffer[];
  private readonly shares: readonly number[];
  private readonly random: () => number;

  constructor(classes: readonly RequestClass[], connections: Connections, seed: number) {
    this.bytes = classes.map(({ name }) => requestBytes(`/${name}`, connections));
    this.shares = classes.map(({ share }) => share);
    this.random = seededRandom(seed);
  }

  draw(): number {
    let left = this.random();
    for (const [index, share] of this.shares.entries()) {
      left -= share;
      if (left < 0) return index;
    }
    return this.shares.length - 1;
  }
}

export function requestBytes(path: string, connections: Connections): Buffer {
  const connection = connections === 'new' ? 'close' : 'keep-alive';
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`);
}
