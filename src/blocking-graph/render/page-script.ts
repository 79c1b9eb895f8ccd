/**
 * The script of the report and the live page: sorts and filters the table, selects a node in table or graph and highlights
 * its neighbours. It is inlined into the page, so it has no dependencies; its state survives refreshes.
 */
export const pageScript: string = /* js */ String.raw`'use strict';
const page = { column: -1, direction: -1, selected: null, filter: '', open: new Set() };
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];

/** Sorts groups by their sums, and the places of each group among themselves. */
function sortRows() {
  const table = $('.table table');
  if (page.column < 0) return;
  const value = (row) => {
    const cell = row.cells[page.column];
    return cell?.dataset.value === undefined ? row.cells[0].textContent : Number(cell.dataset.value);
  };
  const order = (a, b) => (typeof a === typeof b && typeof a === 'number' ? a - b : String(a).localeCompare(String(b)));
  const sorted = (list, row) => list.sort((a, b) => page.direction * order(value(row(a)), value(row(b))));
  for (const body of table.tBodies) {
    body.append(...sorted([...body.querySelectorAll('.place:not(.more)')], (row) => row), ...body.querySelectorAll('.more'));
  }
  const isRest = (body) => body.rows[0].classList.contains('more');
  const bodies = [...table.tBodies];
  table.append(...sorted(bodies.filter((body) => !isRest(body)), (body) => body.rows[0]), ...bodies.filter(isRest));
  $$('.table thead th').forEach((th, index) => {
    if (index !== page.column) th.removeAttribute('aria-sort');
    else th.setAttribute('aria-sort', page.direction < 0 ? 'descending' : 'ascending');
  });
}

/** Hides what the filter does not match, and opens groups of which it matches a place. */
function filterRows() {
  const has = (row) => row.textContent.toLowerCase().includes(page.filter);
  for (const body of $$('.table tbody')) {
    const [head, ...places] = body.rows;
    const all = has(head);
    for (const row of places) row.hidden = !all && !has(row);
    body.hidden = !all && places.every((row) => row.hidden);
    const open = page.open.has(head.dataset.node) || (page.filter !== '' && !all);
    body.classList.toggle('open', open);
    if (places.length > 0) head.setAttribute('aria-expanded', String(open));
  }
}

function showSelected() {
  const near = new Set([page.selected]);
  const edges = $$('.graph .edge');
  for (const edge of edges) {
    const [from, to] = edge.id.split('>');
    const touches = from === page.selected || to === page.selected;
    edge.classList.toggle('near', touches);
    if (touches) near.add(from).add(to);
  }
  let found = false;
  for (const node of $$('.graph .node')) {
    node.classList.toggle('near', near.has(node.id));
    found ||= node.id === page.selected;
  }
  $('.graph svg')?.classList.toggle('selecting', found);
  for (const row of $$('.table tbody tr')) row.classList.toggle('selected', row.dataset.node === page.selected);
}

function select(id) {
  page.selected = id === page.selected ? null : id;
  showSelected();
  document.dispatchEvent(new Event('selected'));
}

/** Shows or hides the places of what is waited for. */
function unfold(id) {
  if (!page.open.delete(id)) page.open.add(id);
  filterRows();
}

/** After the table or the graph has been replaced. */
function refreshed() {
  sortRows();
  filterRows();
  showSelected();
}

document.addEventListener('click', (event) => {
  const header = event.target.closest('.table thead th');
  const node = event.target.closest('.graph .node');
  const row = event.target.closest('.table tbody tr');
  if (header) {
    if (page.column === header.cellIndex) page.direction = -page.direction;
    else Object.assign(page, { column: header.cellIndex, direction: header.cellIndex === 0 ? 1 : -1 });
    sortRows();
  } else if (node) {
    event.preventDefault();
    select(node.id);
    $$('.table tbody tr').find((one) => one.dataset.node === page.selected)?.scrollIntoView({ block: 'nearest' });
  } else if (event.target.closest('#overview')) {
    select(null);
  } else if (row?.dataset.node) {
    if (row.classList.contains('group')) unfold(row.dataset.node);
    select(row.dataset.node);
  } else if (event.target.closest('#size')) {
    const actual = $('.graph').classList.toggle('actual');
    $('#size').setAttribute('aria-pressed', String(actual));
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && page.selected !== null) select(page.selected);
  if ((event.key !== 'Enter' && event.key !== ' ') || !event.target.matches('.table tbody tr')) return;
  event.preventDefault();
  event.target.click();
});
document.addEventListener('input', (event) => {
  if (event.target.id !== 'filter') return;
  page.filter = event.target.value.toLowerCase();
  filterRows();
});
`;
