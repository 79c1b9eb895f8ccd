import test from 'ava';
import { collapse } from '#src/blocking-graph/collapse.js';
import { focus } from '#src/blocking-graph/focus.js';
import { renderText } from '#src/blocking-graph/render/text.js';
import { bodiesHtml } from '#src/blocking-graph/render/page-parts.js';
import { groupWaits } from '#src/blocking-graph/wait-groups.js';
import { matchesGolden } from '../cli/golden.js';
import { manyRoutes } from './many-routes.js';

const waiting = (nodes: readonly { waiting: number }[]): number => nodes.reduce((sum, node) => sum + node.waiting, 0);

test('a text says first what is waited for, where, and who holds it', (t) => {
  matchesGolden(t, 'many-routes.txt', renderText(manyRoutes, { limit: 12 }));
  matchesGolden(t, 'many-routes-80.txt', renderText(manyRoutes, { width: 80, limit: 12 }));
});

test('nodes that wait for the same are one, and their places say only what tells them apart', (t) => {
  const groups = groupWaits(manyRoutes.nodes);
  t.is(groups.length, 4);
  const lock = groups.find(({ node }) => node.label === 'mutex.lock')!;
  t.is(lock.node.waiting, waiting(lock.places));
  t.deepEqual(lock.node.chain, ['handle (src/handle.ts:3:5)', '60 places', 'cached (src/cached.ts:3:5)']);
  t.deepEqual(lock.places[0]!.chain, ['route59 (src/route59.ts:3:5)']);
  t.is(lock.node.oldestMs, 159);
  t.is(groups.find(({ node }) => node.label === 'spawn')!.node, manyRoutes.nodes[0]!);
});

test('calls that are all common are not taken away', (t) => {
  const chain = ['a', 'b'];
  const one = manyRoutes.nodes[0]!;
  const { node, places } = groupWaits([
    { ...one, id: 'x', chain, places: [null, null] },
    { ...one, id: 'y', chain: ['a', 'c', 'b'], places: [null, null, null] },
  ])[0]!;
  t.deepEqual(node.chain, ['a', '2 places', 'b']);
  t.deepEqual(
    places.map((place) => place.chain),
    [chain, ['c']],
  );
});

test('a large graph is drawn by what is waited for, and loses no fiber', (t) => {
  const small = collapse(manyRoutes, 40);
  t.deepEqual(
    small.nodes.map(({ label }) => label),
    ['spawn', 'mutex.lock', 'net.read', 'exit'],
  );
  t.is(waiting(small.nodes), waiting(manyRoutes.nodes));
  t.deepEqual(
    small.edges.map(({ count }) => count),
    [600, 600, 600],
  );
  t.is(collapse(manyRoutes, 122), manyRoutes);
  t.is(collapse(manyRoutes, 63).nodes.length, 63, 'where there is room, places stand apart');
});

test('the drawing about one wait shows the places where most wait, and what is before and behind them', (t) => {
  const { id } = groupWaits(manyRoutes.nodes).find(({ node }) => node.label === 'mutex.lock')!.node;
  const near = focus(manyRoutes, id, 24)!;
  t.deepEqual(
    near.nodes
      .filter(({ label }) => label === 'mutex.lock')
      .map((node) => node.id)
      .sort(),
    Array.from({ length: 12 }, (_, i) => `lock${48 + i}`).sort(),
  );
  t.true(near.nodes.some(({ label }) => label === 'net.read'));
  t.true(near.nodes.length <= 24);
  const place = focus(manyRoutes, 'lock7', 24)!;
  t.deepEqual(place.nodes.map((node) => node.id).sort(), ['lock7', 'query7', 'start']);
  t.is(focus(manyRoutes, 'nothing', 24), null);
});

test('the table has a body for each thing that is waited for, and finds places', (t) => {
  const all = bodiesHtml(manyRoutes, 10);
  t.is(all.match(/<tbody>/g)?.length, 2, 'fibers neither wait at their start nor at their end');
  t.is(all.match(/class="place waits"/g)?.length, 10);
  t.true(all.includes('50 more places, not listed'));
  const found = bodiesHtml(manyRoutes, 10, 'route17 ');
  t.is(found.match(/class="place/g)?.length, 2);
  t.is(bodiesHtml(manyRoutes, 10, 'nowhere'), '');
});

test('of very many things that are waited for the table lists the first, counts the rest, and finds those too', (t) => {
  const [node] = manyRoutes.nodes.filter(({ label }) => label === 'net.read');
  const nodes = Array.from({ length: 500 }, (_, i) => ({
    ...node!,
    id: `n${i}`,
    label: 'until',
    subject: `user ${i}`,
    waiting: 1 + i,
    fibers: 1 + i,
  }));
  const html = bodiesHtml({ ...manyRoutes, nodes, edges: [] }, 20);
  t.is(html.match(/<small>/g)?.length, 20);
  t.true(html.includes('until(user 499)'));
  t.true(html.endsWith('480 more waits, not listed</td></tr></tbody>'));
  t.regex(bodiesHtml({ ...manyRoutes, nodes, edges: [] }, 20, '(user 7)'), /^<tbody>.*user 7\).*<\/tbody>$/);
});

test('what comes first in a text can be chosen', (t) => {
  const busy = {
    ...manyRoutes,
    nodes: manyRoutes.nodes.map((node) =>
      node.label === 'net.read' ? { ...node, run: { ...node.run, totalMs: 1e6 } } : node,
    ),
  };
  const first = (by: 'waiting' | 'oldest' | 'cpu' | 'arrivals'): string =>
    /^ +[\d,]+ {2}(\S+)/m.exec(renderText(busy, { by }))![1]!;
  t.is(first('waiting'), 'mutex.lock(cache)');
  t.is(first('oldest'), 'mutex.lock(cache)');
  t.is(first('cpu'), 'net.read');
  t.is(first('arrivals'), 'mutex.lock(cache)');
});
