import { closedLoop } from './closed-loop.js';
import type { Context } from './context.js';
import type { ServerProcess } from './server-process.js';

const message = Buffer.alloc(64, 'x');

/** A closed loop of messages of 64 bytes, each sent when the one before is back. */
export function echoLoad(
  server: ServerProcess,
  connections: number,
  context: Context,
): Promise<Record<string, number>> {
  return closedLoop(server, { connections, request: message, responses: countMessages }, context);
}

function countMessages(): (chunk: Buffer) => number {
  let received = 0;
  return (chunk) => {
    received += chunk.length;
    const complete = Math.floor(received / message.length);
    received %= message.length;
    return complete;
  };
}
