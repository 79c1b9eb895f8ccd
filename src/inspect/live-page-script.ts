/**
 * Refreshes the live page each second. The graph is laid out only when its structure changes, or a text outgrows its box;
 * otherwise the texts, colours and frames in the drawing are changed in place, so that nothing moves under the
 * reader's eyes. When something does move it glides there.
 */
export const liveScript: string = /* js */ String.raw`
import { instance } from '/viz.js';

const REFRESH_MS = 1000;
/** A program that starts up changes its structure all the time; a drawing should last for a moment. */
const LAYOUT_MS = 2500;
/** A program that takes longer to answer than this is stopped, or busy: what the page shows is no longer how things are. */
const LATE_MS = 2000;
const drawing = { structure: null, at: -Infinity, room: new Map() };
let paused = false;
/** What is known of the program: 'live', or why it cannot be looked at. */
let state = 'connecting';
const graphviz = instance();

function put(id, html) {
  const element = document.getElementById(id);
  if (element.innerHTML !== html) element.innerHTML = html;
}

async function layOut(view) {
  const viz = await graphviz;
  const svg = viz.renderSVGElement(view.dot);
  const before = positions();
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'The blocking graph; the table has the same facts');
  for (const link of svg.querySelectorAll('a')) link.replaceWith(...link.childNodes);
  $('.graph').replaceChildren(svg);
  Object.assign(drawing, { structure: view.structure, at: performance.now(), room: new Map() });
  for (const node of $$('.graph .node')) {
    drawing.room.set(node.id, longest(view.nodes[node.id]?.lines ?? []));
    centreTexts(node);
  }
  glide(before);
}

function longest(lines) {
  return Math.max(0, ...lines.slice(1).map((line) => line.length));
}

/** So that a text that changes its length stays in the middle. */
function centreTexts(node) {
  const shape = node.querySelector('path, polygon, ellipse').getBBox();
  for (const text of node.querySelectorAll('text')) {
    text.setAttribute('text-anchor', 'middle');
    text.setAttribute('x', shape.x + shape.width / 2);
  }
}

function positions() {
  return new Map($$('.graph .node').map((node) => [node.id, node.getBoundingClientRect()]));
}

function glide(before) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const scale = $('.graph svg').getScreenCTM()?.a || 1;
  for (const node of $$('.graph .node')) {
    const from = before.get(node.id);
    const to = node.getBoundingClientRect();
    if (!from) {
      node.animate({ opacity: [0, 1] }, 400);
      continue;
    }
    const x = (from.x - to.x) / scale;
    const y = (from.y - to.y) / scale;
    if (x || y) node.animate({ transform: ['translate(' + x + 'px,' + y + 'px)', 'none'] }, { duration: 400, easing: 'ease' });
  }
}

/** Writes what changed into the drawing; false when it does not fit. */
function repaint(view) {
  let fits = true;
  for (const node of $$('.graph .node')) {
    const now = view.nodes[node.id];
    if (!now) continue;
    const texts = node.querySelectorAll('text');
    if (texts.length !== now.lines.length || longest(now.lines) > drawing.room.get(node.id) + 3) {
      fits = false;
      continue;
    }
    now.lines.forEach((line, index) => {
      if (texts[index].textContent !== line) texts[index].textContent = line;
    });
    node.querySelector('title').textContent = now.tooltip;
    node.classList.toggle('waits', now.waits);
    for (let heat = 0; heat < 6; heat++) node.classList.toggle('heat-' + heat, heat === now.heat);
  }
  for (const edge of $$('.graph .edge')) {
    const now = view.edges[edge.id];
    if (!now) continue;
    edge.querySelector('path').setAttribute('stroke-width', now.width);
    edge.querySelector('title').textContent = now.tooltip;
  }
  return fits;
}

/** Of the drawing that is shown or asked for: it is about what is selected in the table. */
let focus = null;

async function refresh() {
  const asked = focus;
  const query = new URLSearchParams({ structure: drawing.structure ?? '', filter: page.filter, last: $('#last').value });
  if (asked !== null) query.set('focus', asked);
  const answer = await fetch('/view.json?' + query);
  if (!answer.ok) throw new Error(await answer.text());
  const view = await answer.json();
  if (asked !== focus) return;
  $('#process').textContent = view.process;
  document.title = 'blocking graph of ' + view.process;
  for (const part of ['tiles', 'warnings', 'locks', 'scheduler', 'scheduling']) put(part, view.html[part]);
  const focused = document.activeElement?.closest('.table tbody tr')?.dataset.node;
  for (const body of $$('.table tbody')) body.remove();
  $('.table table').insertAdjacentHTML('beforeend', view.html.bodies);
  if (view.dot !== null && performance.now() - drawing.at >= LAYOUT_MS) await layOut(view);
  // Without a structure the next answer brings the graph.
  if (!repaint(view)) drawing.structure = null;
  refreshed();
  // The row is another now. Whoever reads it by keyboard stays there, unless he has gone on meanwhile.
  if (document.activeElement !== document.body) return;
  $$('.table tbody [data-node]').find((row) => row.dataset.node === focused)?.focus({ preventScroll: true });
}

function become(now) {
  state = now;
  document.body.classList.toggle('gone', state !== 'live');
  showState();
}

function showState() {
  $('#state').textContent = paused ? 'paused' : state;
}

async function loop() {
  for (;;) {
    if (!paused && !document.hidden) {
      const late = setTimeout(() => become('no answer so far'), LATE_MS);
      try {
        await refresh();
        become('live');
      } catch (error) {
        become(error instanceof TypeError ? 'the program does not answer' : String(error.message ?? error));
      }
      clearTimeout(late);
    }
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

/** At once: the reader waits for it. */
function refreshNow() {
  drawing.at = -Infinity;
  refresh().catch(() => {});
}

document.addEventListener('selected', () => {
  focus = page.selected;
  $('#overview').hidden = focus === null;
  refreshNow();
});
$('#last').addEventListener('change', refreshNow);
$('#pause').addEventListener('click', () => {
  paused = !paused;
  $('#pause').setAttribute('aria-pressed', String(paused));
  $('#pause').textContent = paused ? 'go on' : 'pause';
  showState();
});
loop();
`;
