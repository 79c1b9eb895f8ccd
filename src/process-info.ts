import type { ProcessInfo } from './blocking-graph/snapshot.js';

/** As in `package.json`, which is not there beside a bundle; `test/cli/help.test.ts` compares the two. */
const VERSION = '0.1.0';

/** Which process this is, for readers of its snapshots. */
export function processInfo(): ProcessInfo {
  const [, program = process.title, ...args] = process.argv;
  return {
    pid: process.pid,
    title: [program, ...args].join(' '),
    node: process.version,
    heddle: VERSION,
    startedAt: Math.round(performance.timeOrigin),
  };
}
