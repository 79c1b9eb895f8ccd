import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { between } from './closed-loop.js';
import type { Context } from './context.js';
import type { ServerProcess } from './server-process.js';

export const wrkIsInstalled = (): boolean => spawnSync('wrk', ['-v']).error === undefined;

/** The same closed loop from wrk, which costs the client less CPU than Node does. Its shortest run is a second. */
export async function wrk(
  server: ServerProcess,
  connections: number,
  context: Context,
): Promise<Record<string, number>> {
  const load = async (seconds: number): Promise<number> => {
    const address = `http://127.0.0.1:${server.port}/`;
    // With thousands of connections a response may take seconds and is none the less one.
    const flags = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s', address];
    const { stdout } = await promisify(execFile)('wrk', flags);
    const failed = /Non-2xx.*|Socket errors.*/.exec(stdout);
    if (failed !== null) throw new Error(failed[0]);
    return Number(/(\d+) requests in/.exec(stdout)?.[1]);
  };
  let completed = 0;
  if (!context.smoke) await load(1);
  return between(
    server,
    () => completed,
    async () => (completed = await load(context.quick ? 1 : 3)),
  );
}
