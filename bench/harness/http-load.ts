import { closedLoop } from './closed-loop.js';
import type { Context } from './context.js';
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
