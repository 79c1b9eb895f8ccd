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
    nodes: server.nodes.map((node) => ({ ...node, label: `x${evil}`, subject: evil, chain: [evil, evil] })),
    locks: server.locks.map((lock) => ({
      ...lock,
      name: evil,
      holders: lock.holders.map((fiber) => ({ ...fiber, kind: evil })),
      waiters: lock.waiters.map((fiber) => ({ ...fiber, kind: evil })),
    })),
    warnings: [evil],
  }),
);
