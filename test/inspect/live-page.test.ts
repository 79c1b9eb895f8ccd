import { request, type IncomingHttpHeaders } from 'node:http';
import { spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import vm from 'node:vm';
import test from 'ava';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { pageScript } from '#src/blocking-graph/render/page-script.js';
import { openLivePage } from '#src/inspect/live-page.js';
import { liveScript } from '#src/inspect/live-page-script.js';
import { liveView, type LiveQuery, type LiveView } from '#src/inspect/live-view.js';
import { evil, hostile, server as snapshot } from '../blocking-graph/hostile.js';
import { manyRoutes } from '../blocking-graph/many-routes.js';
import { snapshotAfter } from '../blocking-graph/walks.js';
import type { Snapshot } from '#src/blocking-graph/snapshot.js';

const everything: LiveQuery = { structure: null, focus: null, filter: '' };

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode!, headers: response.headers, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

test('the page, its parts and the data are served', async (t) => {
  const page = await openLivePage({ port: 0, snapshot: async () => snapshot });
  const types: Record<string, RegExp> = {
    '': /^text\/html/,
    'page.css': /^text\/css/,
    'page.js': /^text\/javascript/,
    'viz.js': /^text\/javascript/,
    'graph.dot': /graphviz/,
    'snapshot.json': /^application\/json/,
    'view.json': /^application\/json/,
    metrics: /^text\/plain; version=0\.0\.4/,
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await ask(page.url + path);
    t.is(status, 200, path);
    t.regex(headers['content-type']!, type, path);
    t.is(headers['access-control-allow-origin'], undefined);
    t.regex(String(headers['content-security-policy']), /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  }
  t.deepEqual(parseSnapshot((await ask(`${page.url}snapshot.json`)).body), snapshot);
  t.is((await ask(`${page.url}/`)).status, 404);
  t.is((await ask(page.url, { method: 'HEAD' })).body, '');
  await page.close();
  await t.throwsAsync(ask(page.url));
});

test('a request under another name, or to change something, is refused', async (t) => {
  const page = await openLivePage({ port: 0, snapshot: async () => snapshot });
  const { port } = new URL(page.url);
  for (const host of ['evil.example', `evil.example:${port}`, `localhost.evil.example:${port}`])
    t.is((await ask(page.url, { headers: { host } })).status, 403, host);
  // `ssh -L` has a port of its own.
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, '127.0.0.1', 'localhost:9000'])
    t.is((await ask(page.url, { headers: { host } })).status, 200, host);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    t.is((await ask(page.url, { method })).status, 405, method);
  await page.close();
});

test('a snapshot that fails is an error of the request', async (t) => {
  const page = await openLivePage({
    port: 0,
    snapshot: async () => {
      throw new Error('out of order');
    },
  });
  t.like(await ask(`${page.url}view.json`), { status: 500, body: 'out of order\n' });
  t.is((await ask(page.url)).status, 200);
  await page.close();
});

test('the page shows what limits the program, and nothing of that where nothing is scheduled by resources', (t) => {
  const { scheduling } = liveView(snapshot, everything).html;
  const { tiles, bodies } = liveView(snapshot, everything).html;
  t.regex(tiles, /<dt>processor<\/dt><dd>64 %<\/dd>/);
  t.regex(bodies, /<td data-value="7">7 held by memory for [^<]*<\/td>/);
  t.regex(scheduling, /<b>the limiting resource is memory<\/b>/);
  t.regex(scheduling, /<tr class="limiting"><td>memory<\/td><td>128 MB<\/td>/);
  t.regex(scheduling, /<td>522 memory, 38 slow start<\/td>/);
  t.is(liveView({ ...snapshot, scheduling: null }, everything).html.scheduling, '');
});

test('the drawing is sent only when its structure is another', (t) => {
  const first = liveView(snapshot, everything);
  t.regex(first.dot!, /^digraph/);
  t.is(liveView(snapshot, { ...everything, structure: first.structure }).dot, null);
  const busier = {
    ...snapshot,
    nodes: snapshot.nodes.map((node) => ({ ...node, waiting: node.waiting + 1, arrivals: node.arrivals + 9 })),
  };
  t.is(liveView(busier, { ...everything, structure: first.structure }).dot, null);
  t.not(
    liveView({ ...snapshot, edges: snapshot.edges.slice(1) }, { ...everything, structure: first.structure }).dot,
    null,
  );
});

test('of a large graph the page is sent a part', (t) => {
  const nodes = Array.from({ length: 3000 }, (_, i) => ({ ...snapshot.nodes[5]!, id: `n${i}`, subject: `s${i % 99}` }));
  const view = liveView({ ...snapshot, nodes, edges: [] }, everything);
  t.is(Object.keys(view.nodes).length, 40);
  t.true(JSON.stringify(view).length < 300_000);
});

test('the page can ask for a part of the drawing, for what it searches, and for what happened lately', async (t) => {
  let starts = 0;
  const take = async (): Promise<Snapshot> => snapshotAfter(starting, ++starts * 10);
  const page = await openLivePage({ port: 0, snapshot: take });
  const view = async (query: string): Promise<LiveView> =>
    JSON.parse((await ask(`${page.url}view.json?${query}`)).body) as LiveView;
  t.regex((await view('last=10000')).html.tiles, /<dt>started<\/dt><dd>10<\/dd>/);
  t.regex((await view('')).html.tiles, /<dt>started<\/dt><dd>20<\/dd>/);
  t.regex((await view('last=10000')).html.tiles, /<dt>started<\/dt><dd>20<\/dd>/);
  await page.close();
  const near = liveView(manyRoutes, { ...everything, focus: 'lock7' });
  t.deepEqual(Object.keys(near.nodes).sort(), ['lock7', 'query7', 'start']);
  t.is(Object.keys(liveView(manyRoutes, { ...everything, focus: 'gone' }).nodes).length, 4);
  const { bodies } = liveView(manyRoutes, { ...everything, filter: 'Route17 ' }).html;
  t.is(bodies.match(/class="place/g)?.length, 2);
});

const starting = Array.from({ length: 100 }, () => [0, 0] as const);

test('names that programs choose are escaped in what the page puts into itself', (t) => {
  const view: LiveView = liveView(hostile, everything);
  for (const [part, html] of Object.entries(view.html)) t.notRegex(html, /<(?:script|img)/, part);
  // Or a name in Hebrew would pull the number behind it to its other side.
  t.regex(view.html.locks, /<b>\w+ <bdi>[^<]*<\/bdi><\/b>/);
  t.false(JSON.stringify(view).includes(evil));
});

test('the table is used by keyboard too, and the row that is read there stays so when its figures change', async (t) => {
  const { html } = liveView(manyRoutes, everything);
  t.notRegex(html.bodies, /<tr data-node="[^"]*"(?! tabindex="0")/);
  const page = openPage();
  let [clicks, focused] = [0, 0];
  const row = { dataset: { node: 'n1' }, matches: () => true, click: () => clicks++, focus: () => focused++ };
  for (const key of ['Enter', ' ', 'x', 'Tab'])
    page.listeners['keydown']!({ key, target: row, preventDefault: () => {} });
  t.is(clicks, 2);
  const filter = { ...row, matches: () => false };
  page.listeners['keydown']!({ key: ' ', target: filter, preventDefault: () => t.fail('it cannot be typed') });
  t.is(clicks, 2);
  page.rows = [{ ...row, dataset: { node: 'n2' }, focus: () => t.fail('another row') }, row];
  page.active = row;
  page.answer(liveView(snapshot, everything));
  await settled();
  t.is(focused, 1);
  const gone = openPage();
  Object.assign(gone, { rows: [row], active: row });
  gone.focus({ closest: () => row });
  gone.answer(liveView(snapshot, everything));
  await settled();
  t.is(focused, 1, 'the focus is elsewhere');
});

test('a page that was paused while it asked says that it is paused', async (t) => {
  const page = openPage();
  t.is(page.at('#state').textContent, '');
  page.at('#pause').listeners['click']!();
  page.answer(liveView(snapshot, everything));
  await settled();
  t.is(page.at('#state').textContent, 'paused');
  page.at('#pause').listeners['click']!();
  t.is(page.at('#state').textContent, 'live');
});

test('a page says so while it waits long for an answer, and that it is live again once that comes', async (t) => {
  const page = openPage();
  page.answer(liveView(snapshot, everything));
  await settled();
  t.is(page.at('#state').textContent, 'live');
  await page.pass(1000);
  await page.pass(1999);
  t.is(page.at('#state').textContent, 'live');
  await page.pass(1);
  t.is(page.at('#state').textContent, 'no answer so far');
  page.answer(liveView(snapshot, everything));
  await settled();
  t.is(page.at('#state').textContent, 'live');
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Listeners = Record<string, (event?: object) => void>;

function fakeElement() {
  const listeners: Listeners = {};
  const nothing = (): void => {};
  return {
    listeners,
    textContent: '',
    innerHTML: '',
    value: '0',
    tBodies: [],
    classList: { toggle: nothing },
    addEventListener: (type: string, listener: () => void) => (listeners[type] = listener),
    setAttribute: nothing,
    insertAdjacentHTML: nothing,
  };
}

/** The scripts of the page in a document of which there is no more than they use, with one request under way. */
function openPage() {
  const elements = new Map<string, ReturnType<typeof fakeElement>>();
  const listeners: Listeners = {};
  let reply: (response: object) => void = () => {};
  let now = 0;
  const timers = new Map<() => void, number>();
  const page = {
    listeners,
    rows: [] as object[],
    active: null as object | null,
    at(selector: string) {
      if (!elements.has(selector)) elements.set(selector, fakeElement());
      return elements.get(selector)!;
    },
    focus: (element: object) => (document.activeElement = element),
    pass(ms: number) {
      now += ms;
      for (const [timer, at] of timers) if (at <= now && timers.delete(timer)) timer();
      return settled();
    },
    answer: (view: LiveView) => reply({ ok: true, json: async () => ({ ...view, dot: null }) }),
  };
  // It has the focus once the row that had it is gone.
  const body = { ...fakeElement(), closest: () => page.active };
  const document = {
    querySelector: page.at,
    querySelectorAll: (selector: string) => (selector === '.table tbody [data-node]' ? page.rows : []),
    getElementById: page.at,
    addEventListener: (type: string, listener: () => void) => (listeners[type] = listener),
    body,
    activeElement: body as object,
  };
  const globals = {
    document,
    performance,
    URLSearchParams,
    setTimeout(timer: () => void, ms: number) {
      timers.set(timer, now + ms);
      return timer;
    },
    clearTimeout: (timer: () => void) => timers.delete(timer),
    instance: () => {},
    fetch: () => new Promise((resolve) => (reply = resolve)),
  };
  vm.runInNewContext(pageScript + liveScript.replace(/^import .*$/m, ''), globals);
  return page;
}

test('the scripts are scripts', (t) => {
  t.notThrows(() => new vm.Script(pageScript));
  // What a module may do and a script may not: import.
  t.notThrows(() => new vm.Script(liveScript.replace(/^import .*$/m, 'const instance = () => {};')));
});

test('an open page does not keep its process alive', (t) => {
  const module = new URL('../../../dist/inspect/live-page.js', import.meta.url).href;
  const script = `
    import { openLivePage } from ${JSON.stringify(module)};
    const { url } = await openLivePage({ port: 0, snapshot: async () => ({}) });
    console.log(url);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  t.is(status, 0);
  t.regex(stdout, /^http:\/\/127\.0\.0\.1:\d+\/\n$/);
});

test('a port that is taken is an error', async (t) => {
  const page = await openLivePage({ port: 0, snapshot: async () => snapshot });
  await t.throwsAsync(openLivePage({ port: Number(new URL(page.url).port), snapshot: async () => snapshot }), {
    code: 'EADDRINUSE',
  });
  await page.close();
});
