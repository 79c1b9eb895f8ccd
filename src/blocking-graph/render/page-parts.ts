import type { Snapshot } from '../snapshot.js';
import { escapeMarkup as escape, formatCount, formatMs, formatShare, plural, printable } from './format.js';
import { describeHeld, describeScheduler, listGroups, viewLocks, type GroupView, type NodeView } from './view.js';

/** HTML fragments that the report contains and the live page fetches. All text from the program is escaped here. */

export function tilesHtml({ fibers, nodes, windowMs, scheduler, lost }: Snapshot): string {
  const tiles: [title: string, value: string][] = [
    ['fibers', formatCount(fibers.live)],
    ['waiting', formatCount(fibers.waiting)],
    ['ready', formatCount(fibers.ready)],
    ['started', formatCount(fibers.spawned)],
    ['nodes', formatCount(nodes.length)],
    ['processor', windowMs === 0 ? '–' : formatShare(scheduler.ranMs / windowMs)],
    ['window', formatMs(windowMs)],
    ['events lost', formatCount(lost)],
  ];
  return tiles.map(([title, value]) => `<div><dt>${title}</dt><dd>${escape(value)}</dd></div>`).join('');
}

export function warningsHtml({ warnings }: Snapshot): string {
  return warnings.map((warning) => `<li>${escape(printable(warning, 2000))}</li>`).join('');
}

export function locksHtml(snapshot: Snapshot): string {
  const { locks, rest } = viewLocks(snapshot, MOST_LOCKS);
  const lines = locks.map(({ kind, name, available, waiters, holders }) => {
    const facts = [available, waiters, holders].filter((part) => part !== '').join(' · ');
    return `<li><b>${kind} <bdi>${escape(name)}</bdi></b> ${escape(facts)}</li>`;
  });
  return [...lines, ...(rest === '' ? [] : [`<li class="faint">${rest}</li>`])].join('');
}

/** The graph is below them. */
const MOST_LOCKS = 30;

export function schedulerHtml(snapshot: Snapshot): string {
  return escape(describeScheduler(snapshot).join(' · '));
}

/**
 * The bodies of the table, one for each thing that is waited for: a summary row, followed by a row for each place, which the
 * page shows on demand; at most `limit` of either in all.
 *
 * @param filter lower-case text; rows without it in their name or calls are left out.
 */
export function bodiesHtml(snapshot: Snapshot, limit: number, filter: string = ''): string {
  const groups = listGroups(snapshot).flatMap(({ whole, places }): GroupView[] => {
    const found = has(whole, filter) ? places : places.filter((place) => has(place, filter));
    return found.length === 0 ? [] : [{ whole, places: found }];
  });
  let room = limit;
  const bodies = groups.slice(0, limit).map(({ whole, places }) => {
    if (places.length === 1 && places[0]!.node.id === whole.node.id) return `<tbody>${rowHtml(whole)}</tbody>`;
    const listed = places.slice(0, room);
    room -= listed.length;
    const rest = places.length - listed.length;
    const more = rest === 0 ? '' : restHtml('place more', plural(rest, 'more place'));
    return `<tbody>${rowHtml(whole, 'group')}${listed.map((place) => rowHtml(place, 'place')).join('\n')}${more}</tbody>`;
  });
  const rest = groups.length - bodies.length;
  return [...bodies, ...(rest === 0 ? [] : [`<tbody>${restHtml('more', plural(rest, 'more wait'))}</tbody>`])].join(
    '\n',
  );
}

function restHtml(classes: string, rest: string): string {
  return `<tr class="${classes}"><td colspan="13">${rest}, not listed</td></tr>`;
}

function has({ name, node }: NodeView, filter: string): boolean {
  return `${name} ${node.chain.join(' ')}`.toLowerCase().includes(filter);
}

export const tableHeadHtml: string = `<tr>${[
  ['waits at', ''],
  ['waiting', 'fibers that wait here now'],
  ['ready', 'fibers that could run now'],
  ['wait', 'median of all waits here'],
  ['p99', 'what 99 of 100 waits here do not exceed'],
  ['oldest', 'how long the fiber that waits longest has waited'],
  ['arrivals', 'how often a fiber came here'],
  ['run', 'mean processor time from here to the next wait'],
  ['cpu', 'share of the processor time of all nodes'],
  ['tickets', 'share of the processor that the scheduler grants'],
  ['held', 'fibers kept from going on by a resource'],
  ['left', 'mean time to the end of a fiber, without queueing'],
  ['cpu left', 'mean processor time that a fiber is still going to use'],
]
  .map(([title, explanation]) => `<th scope="col"><button type="button" title="${explanation}">${title}</button></th>`)
  .join('')}</tr>`;

function rowHtml(
  { node, name, chain, medianWaitMs, p99WaitMs, share }: NodeView,
  role: 'group' | 'place' | null = null,
): string {
  const cells = [
    numberCell(node.waiting, formatCount),
    numberCell(node.ready, formatCount),
    numberCell(medianWaitMs, formatMs),
    numberCell(p99WaitMs, formatMs),
    numberCell(node.oldestMs, formatMs),
    numberCell(node.arrivals, formatCount),
    numberCell(node.run.meanMs, formatMs),
    numberCell(share, formatShare, bar(share)),
    numberCell(node.tickets, formatCount),
    numberCell(node.held?.fibers ?? null, () => describeHeld(node)),
    numberCell(node.ahead?.timeMs ?? null, formatMs),
    numberCell(node.ahead?.cpuMs ?? null, formatMs),
  ];
  const calls = escape(chain);
  const title = role === 'place' ? `<td>${calls}</td>` : `<td>${escape(name)}<small>${calls}</small></td>`;
  const classes = [...(role === null ? [] : [role]), ...(node.waiting > 0 ? ['waits'] : [])].join(' ');
  return `<tr data-node="${escape(node.id)}" tabindex="0"${classes === '' ? '' : ` class="${classes}"`}>${title}${cells.join('')}</tr>`;
}

/** Without style attributes, which the live page's policy forbids. */
function bar(share: number): string {
  const width = share === 0 ? 0 : Math.max(1, Math.round(share * 40));
  return `<svg class="share" viewBox="0 0 40 8" aria-hidden="true"><rect width="40" height="8"/><rect width="${width}" height="8"/></svg>`;
}

function numberCell(value: number | null, format: (value: number) => string, picture: string = ''): string {
  return value === null
    ? '<td data-value="-1"></td>'
    : `<td data-value="${value}">${escape(format(value))}${picture}</td>`;
}
