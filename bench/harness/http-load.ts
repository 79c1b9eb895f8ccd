import { closedLoop } from './closed-loop.js';
import type { Context } from './context.js';
import { ResponseReader } from './response-reader.js';
import type { ServerProcess } from './server-process.js';
import { wrk, wrkIsInstalled } from './wrk.js';

const request = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

/** A closed loop over keep-alive connections, from wrk where there is one. */
export function httpLoad(
  server: ServerProcess,
  connections: number,
  context: Context,
): Promise<Record<string, number>> {
  if (wrkIsInstalled()) return wrk(server, connections, context);
  return closedLoop(server, { connections, request, responses: countResponses }, context);
}

/** Each connection has one response at a time. */
function countResponses(): (chunk: Buffer) => number {
  const reader = new ResponseReader();
  return (chunk) => {
    const status = reader.take(chunk);
    if (status !== 0 && status !== 200) throw new Error(`Unexpected response: status ${status}`);
    return status === 0 ? 0 : 1;
  };
}
