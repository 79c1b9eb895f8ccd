import vm from 'node:vm';
import test from 'ava';
import fc from 'fast-check';
import { formatBytes, formatMs, formatShare, printable } from '#src/blocking-graph/render/format.js';
import { pageScript } from '#src/blocking-graph/render/page-script.js';
import { formats, render } from '#src/blocking-graph/render/render.js';
import { layOutTable } from '#src/blocking-graph/render/text-table.js';
import { renderText } from '#src/blocking-graph/render/text.js';
import { wrap } from '#src/blocking-graph/render/titled-lines.js';
import { formatChain, viewEdges } from '#src/blocking-graph/render/view.js';
import type { FiberRef, LockSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { matchesGolden } from '../cli/golden.js';
import { evil, hostile, server } from './hostile.js';
import { runs, snapshotAfter, walks } from './walks.js';

for (const format of ['text', 'dot', 'mermaid'] as const) {
  test(`${format} looks as it did`, async (t) => {
    matchesGolden(t, `server.${format === 'text' ? 'txt' : format}`, await render(server, format));
  });
}

test('on a narrow terminal columns give way, and no line but a long word is wider', (t) => {
  matchesGolden(t, 'server-80.txt', renderText(server, { width: 80 }));
  for (const width of [40, 60, 80, 100, 120, 140]) {
    const tooWide = renderText(server, { width })
      .split('\n')
      .filter((line) => line.length > width);
    t.deepEqual(tooWide, [], `wider than ${width}`);
  }
});

test('on the narrowest terminals facts are below their titles, not one word a line beside them', (t) => {
  const lines = renderText(server, { width: 30 }).split('\n');
  t.deepEqual(lines.slice(0, 3), ['blocking graph', '  1,216 fibers · 16 nodes · 12', '  s window · 0 events lost']);
  t.true(renderText(server, { width: 20 }).split('\n').length < 150);
});

test('colours change nothing but colours', (t) => {
  const colored = renderText(server, { color: true });
  // oxlint-disable-next-line no-control-regex
  const plain = colored.replaceAll(/\u001B\[[0-9;]*m/g, '');
  t.not(colored, plain);
  t.deepEqual(
    plain.split('\n').map((line) => line.trimEnd()),
    renderText(server).split('\n'),
  );
});

test('a resource has a line of its own kind, and a lock too', (t) => {
  const [lock] = server.locks;
  const text = renderText({ ...server, locks: [{ ...lock!, kind: 'resource', name: 'database' }, lock!] });
  t.regex(text, /^resource {8}`database` · /m);
  t.regex(text, /^lock {12}(mutex|semaphore) `/m);
});

test('locks beyond the limit are counted, and those with the most waiters are shown', async (t) => {
  const [lock] = server.locks;
  const waiter: FiberRef = { fiber: 7, kind: 'waits', node: null, sinceMs: 5, bounded: false, ended: false };
  const locks = Array.from({ length: 1000 }, (_, n) => ({
    ...lock!,
    name: `lock${n}`,
    waiters: Array.from({ length: n === 500 ? 3 : 1 }, () => waiter),
    unlisted: 0,
  }));
  const text = await render({ ...server, locks }, 'text');
  t.is(text.match(/^lock /gm)?.length, 31);
  t.regex(text, /^lock {12}\w+ `lock500` .*\n(?:.*\n)*lock {12}… and 970 more with 970 waiting fibers\n/m);
  t.regex(renderText({ ...server, locks: locks.slice(0, 2) }, { limit: 1 }), /… and 1 more with 1 waiting fiber\n/);
  const html = await render({ ...server, locks }, 'html');
  t.is(html.match(/`lock\d+`/g)?.length, 30);
  t.true(html.includes('<li class="faint">… and 970 more with 970 waiting fibers</li>'));
});

/** What the text says of a lock. */
function told(change: Partial<LockSnapshot>): string {
  const lock: LockSnapshot = {
    id: 3,
    kind: 'mutex',
    name: 'cache',
    capacity: 1,
    available: 0,
    holders: [],
    waiters: [],
    unlisted: 0,
    ...change,
  };
  return /^lock {12}(.*)$/m.exec(renderText({ ...server, locks: [lock] }))![1]!;
}

function fibers(count: number, kind: string = 'work'): FiberRef[] {
  return Array.from({ length: count }, (_, i) => ({
    fiber: 1 + i,
    kind,
    node: null,
    sinceMs: null,
    bounded: false,
    ended: false,
  }));
}

test('of a lock it is told who has it, how many wait for how long, and what holders wait for themselves', (t) => {
  t.is(told({}), 'mutex `cache` · held by nobody');
  t.is(told({ name: null, pid: 77 }), 'mutex 3 of process 77 · held by nobody');
  const [waiter] = fibers(1);
  t.is(told({ waiters: [waiter!] }), 'mutex `cache` · 1 fiber waits, the first is fiber 1 (work) · held by nobody');
  t.is(
    told({ waiters: [waiter!, { ...waiter!, sinceMs: 40 }, { ...waiter!, sinceMs: 0 }], holders: fibers(1) }),
    'mutex `cache` · 3 fibers wait, for up to 40 ms, the first is fiber 1 (work) · held by fiber 1 (work)',
  );
  t.regex(told({ waiters: [{ ...waiter!, sinceMs: 0 }] }), /1 fiber waits, for up to 0 ms, /);
  const at = { node: 'n14pool', sinceMs: 5 };
  t.regex(told({ holders: [{ ...waiter!, ...at }] }), /held by fiber 1 \(work\) at semaphore\.acquire\(pool\) in /);
  t.regex(told({ holders: [{ ...waiter!, ...at, sinceMs: null }] }), /held by fiber 1 \(work\)$/, 'it runs');
  const somewhere: Snapshot = {
    ...server,
    nodes: server.nodes.map((node) => ({ ...node, chain: [], places: [] })),
    locks: [{ ...server.locks[0]!, holders: [{ ...waiter!, ...at }] }],
  };
  t.regex(renderText(somewhere), /held by fiber 1 \(work\) at semaphore\.acquire\(pool\)$/m);
});

test('of many holders the first are named, and the waiters are counted though some are not listed', (t) => {
  const semaphore = { kind: 'semaphore', capacity: 200, available: 50 } as const;
  t.is(
    told({ ...semaphore, holders: fibers(4) }).split(' · ')[2],
    'held by work 1, work 2, work 3, work 4'.replaceAll(/work (\d)/g, 'fiber $1 (work)'),
  );
  t.regex(
    told({ ...semaphore, holders: fibers(5) }),
    /· 50 of 200 free · held by (fiber \d \(work\), ){2}fiber 3 \(work\) and 2 more$/,
  );
  // Of 150 holders and 130 waiters a hundred each are listed.
  t.regex(
    told({ ...semaphore, holders: fibers(100), waiters: fibers(100), unlisted: 80 }),
    /· 130 fibers wait, the first/,
  );
  t.regex(told({ ...semaphore, holders: fibers(100), waiters: fibers(3), unlisted: 50 }), /· 3 fibers wait, the first/);
});

test('a long chain of calls keeps both ends', (t) => {
  const chain = [...'abcdefgh'];
  t.is(formatChain(chain.slice(0, 5)), 'e ← d ← c ← b ← a');
  t.is(formatChain(chain), 'h ← g ← f ← … ← a');
  t.is(formatChain(chain, 6), 'h ← g ← f ← e ← … ← a');
});

test('what is not known, not limited or did not happen is not told', (t) => {
  const [resource] = server.scheduling!.resources;
  const [entry] = server.scheduling!.entries;
  const idle: Snapshot = {
    ...server,
    process: { ...server.process, pid: 0 },
    windowMs: 0,
    usage: { ...server.usage!, rssBytes: null, descriptors: 7, descriptorLimit: null },
    nodes: [],
    edges: [],
    locks: [],
    warnings: [],
    scheduler: { ...server.scheduler, passes: 1, batches: 2, overruns: 0 },
    scheduling: {
      ...server.scheduling!,
      limiting: null,
      live: 0,
      resources: [{ ...resource!, capacity: null }],
      entries: [{ ...entry!, live: 1, queued: 0, limit: null, kinds: [], refusals: [] }],
      memory: null,
      descriptors: { used: 7, limit: null, waiting: 0, heldBack: 0 },
      heldBack: 0,
      stopped: 0,
    },
  };
  const text = renderText(idle);
  t.regex(text, /^process {9}\/usr\/bin\/node server\.js --port 8080 · node v/m);
  t.regex(text, /^uses .* · heap 24 MB of 4\.3 GB · descriptors 7$/m);
  t.regex(text, /^scheduler .* · 1 pass · 2 batches · ran 7\.7 s · no overruns$/m);
  t.regex(text, /^scheduling {6}no resource is limiting · 0 under way · 7 descriptors open$/m);
  t.regex(text, /^entry .* · 1 under way · 0 of 0 admitted · none refused$/m);
  t.regex(renderText({ ...idle, usage: { ...idle.usage!, descriptors: null } }), /^uses .* of 4\.3 GB$/m);
  t.notRegex(renderText({ ...idle, usage: null }), /^uses/m);
});

test('what holds work up is told where it is so', (t) => {
  const [entry] = server.scheduling!.entries;
  const scheduling = {
    ...server.scheduling!,
    entries: [{ ...entry!, limit: 12, queued: 1 }],
    descriptors: { used: 7, limit: 8, waiting: 1, heldBack: 0 },
    heldBack: 1,
  };
  const text = renderText({ ...server, scheduling });
  t.regex(text, /· 1 fiber held back · .* · 7 of 8 descriptors open · 1 fiber waiting for one · 1 fiber cancelled$/m);
  t.regex(text, /· 1 waiting to be let in · at most 12 at once while answers are slow · /);
  for (const [limiting, said] of [
    ['latency', 'no resource is known to be limiting, but answers are slow for a reason that cannot be seen from here'],
    ['slow start', 'no resource is known to be limiting, but little is known yet of what work takes'],
    ['resource `db`', 'the limiting resource is `db`'],
  ] as const)
    t.true(renderText({ ...server, scheduling: { ...scheduling, limiting } }).includes(`${said} · 1,204 under way`));
});

test('of many kinds of work those are shown that are refused most, and then those that are offered most', (t) => {
  const [entry] = server.scheduling!.entries;
  const [kind] = entry!.kinds;
  const kinds = Array.from({ length: 14 }, (_, i) => ({
    ...kind!,
    name: `kind${i}`,
    refused: i === 7 ? 5 : i === 3 ? 9 : 0,
    offered: 100 + i,
  }));
  const text = renderText({ ...server, scheduling: { ...server.scheduling!, entries: [{ ...entry!, kinds }] } });
  t.deepEqual(
    [...text.matchAll(/\bkind(\d+)\b/g)].map(([, number]) => Number(number)),
    [3, 7, 13, 12, 11, 10, 9, 8, 6, 5],
  );
  t.regex(text, /… and 4 more kinds of work$/m);
});

test('nodes beyond the limit are counted', (t) => {
  t.regex(renderText(server, { limit: 2 }), /^ {2}… and 8 more nodes with 94 fibers$/m);
});

test('any graph can be rendered, the empty one too', async (t) => {
  await fc.assert(
    fc.asyncProperty(walks, async (walk) => {
      const snapshot = snapshotAfter(walk);
      for (const format of ['text', 'json', 'dot', 'mermaid'] as const)
        t.true((await render(snapshot, format)).endsWith('\n'));
    }),
    runs,
  );
  for (const format of formats) t.true((await render(snapshotAfter([]), format)).length > 0, format);
});

test('the drawing has an element with the id of each node and each edge', async (t) => {
  const svg = await render(server, 'svg');
  for (const { id } of server.nodes) t.true(svg.includes(`<g id="${id}" class="node`), id);
  t.is(svg.match(/class="edge"/g)?.length, server.edges.length);
  t.true(svg.includes('lookup ← GET /item/:id'));
  t.true(svg.includes('<title>until(db.query)&#10;called by'));
});

test('a drawing of too many nodes shows the small ones as one', async (t) => {
  const svg = await render(server, 'svg', { limit: 5 });
  t.is(svg.match(/class="node/g)?.length, 5);
  t.regex(svg, />\d+ other nodes</);
});

test('Mermaid stays within what GitHub draws', async (t) => {
  const nodes = Array.from({ length: 500 }, (_, i) => ({ ...server.nodes[1]!, id: `n${String(i).padStart(5, '0')}` }));
  const edges = nodes.flatMap(({ id: from }, i) =>
    nodes.slice(i, i + 20).map(({ id: to }) => ({ from, to, count: i + 1, meanMs: null, samples: 0 })),
  );
  const text = await render({ ...server, nodes, edges }, 'mermaid', { limit: 100 });
  t.true(text.length < 50_000);
  t.true(text.split('-->').length <= 500);
  // Of 900 edges between 30 nodes, the busiest.
  const few = nodes.slice(0, 30);
  const all = few.flatMap(({ id: from }, i) =>
    few.map(({ id: to }, j) => ({ from, to, count: 30 * i + j, meanMs: null, samples: 0 })),
  );
  const busiest = await render({ ...server, nodes: few, edges: all }, 'mermaid');
  t.deepEqual(
    [...busiest.matchAll(/-->\|"(\d+)×"/g)].map(([, count]) => Number(count)),
    Array.from({ length: 300 }, (_, n) => 899 - n),
  );
});

test('who takes all of the processor time is as hot as can be, and who takes none is cold', async (t) => {
  const [node] = server.nodes;
  const nodes = [100, 0].map((totalMs, n) => ({
    ...node!,
    id: `heat${n}`,
    spawns: [],
    run: { ...node!.run, totalMs },
  }));
  const drawing = await render({ ...server, nodes, edges: [] }, 'dot');
  t.regex(drawing, /"heat0" \[id="heat0",class="heat-5[ "].*fillcolor="#f9733f"/);
  t.regex(drawing, /"heat1" \[id="heat1",class="heat-0[ "].*fillcolor="#f6f8fa"/);
});

test('the page holds all it needs and loads nothing', async (t) => {
  const html = await render(server, 'html');
  t.notRegex(html, /<(?:link|img|iframe|object)|src=|url\(|@import|https?:(?!\/\/www\.w3\.org\/)/);
  t.true(html.length < 100_000);
  t.notThrows(() => new vm.Script(pageScript));
});

test('names that programs choose do nothing but stand there', async (t) => {
  for (const format of ['text', 'dot', 'mermaid', 'svg', 'html'] as const) {
    const text = await render(hostile, format);
    // oxlint-disable-next-line no-control-regex
    t.notRegex(text, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/, format);
    t.false(text.includes(evil), format);
  }
  const html = await render(hostile, 'html');
  t.is(html.match(/<script/g)?.length, 1);
  t.is(html.match(/<img|<!--(?! )/g), null);
  const mermaid = await render(hostile, 'mermaid');
  t.notRegex(mermaid.replaceAll('<br>', ''), /<|`|\{|\\/);
});

test('a text that is cut ends in an ellipsis, and never within a character', (t) => {
  t.is(printable('abc\u001B[1m', 100), 'abc\\u{1b}[1m');
  t.is(printable('abcdef', 4), 'abc…');
  t.is(printable('ab😀d', 4), 'ab…');
});

test('a text is never cut within an escape', (t) => {
  const cuts = Array.from({ length: 9 }, (_, longest) => printable('ab\u001B\u202Ecd', longest + 4));
  t.deepEqual([...new Set(cuts)], ['ab…', 'ab\\u{1b}…']);
});

test('names in wide characters and with marks leave the columns of a table aligned, and are cut between characters and escapes', (t) => {
  const rows = ['order', '注文', '🧵🧵', 'u\u0308ber', '注文注文注文注文'];
  const table = (width: number): string[] =>
    layOutTable(
      rows,
      [
        { keep: 1, cut: 1, cell: (row) => row },
        { keep: 1, toRight: true, cell: (row) => row.slice(0, 2) },
      ],
      { width, paint: (_, text) => text },
    );
  t.deepEqual(table(80), [
    '  order               or',
    '  注文              注文',
    '  🧵🧵                🧵',
    '  u\u0308ber                 u\u0308',
    '  注文注文注文注文  注文',
  ]);
  t.is(table(20)[4], '  注文注文注…   注文');
  const escaped = [{ keep: 1, cut: 1 as const, cell: () => 'abcdefghi\\u{202e}' }];
  t.deepEqual(layOutTable([0], escaped, { width: 15, paint: (_, text) => text }), ['  abcdefghi…   ']);
});

test('what is wrapped counts wide characters as two columns', (t) => {
  t.deepEqual(wrap('注文 注文 注文 or der', 9), ['注文 注文', '注文 or', 'der']);
});

test('bytes are told in the unit that suits them once they are rounded', (t) => {
  const amounts = [0, 999, 1000, 12_600, 999_499, 999_999, 999.6e6, 2.5e13, 2.5e15];
  t.deepEqual(amounts.map(formatBytes), [
    '0 B',
    '999 B',
    '1 kB',
    '13 kB',
    '999 kB',
    '1 MB',
    '1 GB',
    '25 TB',
    '2500 TB',
  ]);
});

test('durations are told in the unit that suits them', (t) => {
  const durations = [
    0,
    0.001,
    0.09,
    0.996,
    1.25,
    9.96,
    41.4,
    999.6,
    1200,
    41_000,
    100_000,
    3_600_000,
    7_300_000,
    200 * 3_600_000,
  ];
  t.deepEqual(durations.map(formatMs), [
    '0 ms',
    '<0.01 ms',
    '0.09 ms',
    '1 ms',
    '1.3 ms',
    '10 ms',
    '41 ms',
    '1 s',
    '1.2 s',
    '41 s',
    '2 min',
    '60 min',
    '2 h',
    '8 d',
  ]);
  t.deepEqual([0, 0.0001, 0.004, 0.5, 1].map(formatShare), ['0 %', '<0.1 %', '0.4 %', '50 %', '100 %']);
});

test('a graph has as many edges as it likes', (t) => {
  const [edge] = server.edges;
  const edges = Array.from({ length: 200_000 }, () => edge!);
  t.is(viewEdges({ ...server, edges }).length, edges.length);
});

test('a snapshot of ever so many nodes, holders and waiters is drawn', async (t) => {
  const many = Array.from({ length: 130_000 }, (_, i) => i);
  const [node, lock] = [server.nodes[4]!, server.locks[0]!];
  const fibers = (from: number): FiberRef[] => many.map((i) => ({ ...lock.holders[0]!, fiber: from + i }));
  const large: Snapshot = {
    ...server,
    nodes: [...server.nodes, ...many.map((i) => ({ ...node, id: `m${i}`, chain: [`f${i}`, ...node.chain] }))],
    locks: [{ ...lock, holders: fibers(1_000_000), waiters: fibers(2_000_000) }],
  };
  t.regex(await render(large, 'text', { limit: 1_000_000 }), /f129999/);
  for (const format of ['dot', 'mermaid', 'prometheus'] as const) t.true((await render(large, format)).length > 0);
});
