import { createRequire } from 'node:module';
import type { ProcessInfo } from './blocking-graph/snapshot.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Which process this is, for whoever looks at a snapshot of it. */
export function processInfo(): ProcessInfo {
  const [, program = process.title, ...args] = process.argv;
  return { pid: process.pid, title: [program, ...args].join(' '), node: process.version, heddle: version };
}
