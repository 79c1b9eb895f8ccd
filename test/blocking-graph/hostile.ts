import { readFileSync } from 'node:fs';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import type { Snapshot } from '#src/blocking-graph/snapshot.js';
import { fixture } from '../cli/golden.js';

/** What a name could hold to break out of a terminal, HTML, XML, DOT, Mermaid or a script. */
export const evil =
  '</script><script>alert(1)</script>--><img src=x onerror=alert(1)>"\'`&lt;\\N\\"\u001B[31m\u202E%%{init}%% end\n#quot;]] \uD800 ' +
  'x'.repeat(300);

export const server: Snapshot = parseSnapshot(readFileSync(fixture('server.json'), 'utf8'));

/** The fixture with every name that a program can choose made evil. */
export const hostile: Snapshot = parseSnapshot(
  JSON.stringify({
    ...server,
    process: { pid: 1, title: evil, node: evil, heddle: evil },
    scheduling: {
      ...server.scheduling,
      limiting: evil,
      resources: server.scheduling!.resources.map((one, i) => ({ ...one, name: i === 0 ? evil : `${evil}${i}` })),
      entries: server.scheduling!.entries.map((entry) => ({
        ...entry,
        name: evil,
        kinds: entry.kinds.map((kind, i) => ({ ...kind, name: `${i}${evil}` })),
        refusals: entry.refusals.map((one) => ({ ...one, reason: evil })),
        refusing: { reason: evil, forMs: 9000 },
      })),
    },
    nodes: server.nodes.map((node) => ({
      ...node,
      label: `x${evil}`,
      subject: evil,
      chain: [evil, evil],
      pool: evil,
      held: { by: evil, fibers: 1, forMs: 1 },
    })),
    locks: server.locks.map((lock) => ({
      ...lock,
      name: evil,
      holders: lock.holders.map((fiber) => ({ ...fiber, kind: evil })),
      waiters: lock.waiters.map((fiber) => ({ ...fiber, kind: evil })),
    })),
    warnings: [evil],
  }),
);
