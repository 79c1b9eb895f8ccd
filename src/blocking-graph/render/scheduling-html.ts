import type { SchedulingSnapshot } from '../scheduling.js';
import { escapeMarkup as escape, formatCount, formatMs } from './format.js';
import { describeLimiting, describeLoad, viewEntries, viewKinds, viewResources } from './scheduling-view.js';

/**
 * Scheduling by resources as a sentence and three tables; empty without it. All text from the program is escaped here.
 */
export function schedulingHtml(scheduling: SchedulingSnapshot | null): string {
  if (scheduling === null) return '';
  const kinds = viewKinds(scheduling);
  return [
    `<h2>Scheduling by resources</h2><p><b>${escape(describeLimiting(scheduling))}</b> `,
    `<span class="faint">${escape(describeLoad(scheduling).join(' · '))}</span></p>`,
    table(
      'Resources',
      ['resource', 'used', 'of', 'still to come', 'at most', 'may queue', 'work had to wait'],
      viewResources(scheduling).map(({ name, used, capacity, outstanding, most, resource, limiting }) => ({
        cells: [
          name,
          used,
          capacity,
          outstanding,
          most,
          formatMs(resource.queueMs),
          `${formatCount(resource.blocked)}×`,
        ],
        marked: limiting,
      })),
    ),
    table(
      'Entries',
      [
        'entry',
        'goal',
        'under way',
        'waiting',
        'limit',
        'offered',
        'admitted',
        'finished',
        'refused',
        'gone before',
        'why',
      ],
      viewEntries(scheduling).map(({ entry, name, total, reasons }) => ({
        cells: [
          name,
          formatMs(entry.goalMs),
          ...[entry.live, entry.queued].map(formatCount),
          entry.limit === null ? '' : formatCount(entry.limit),
          ...[total.offered, total.admitted, total.finished, total.refused, total.withdrawn].map(formatCount),
          reasons,
        ],
        marked: entry.refusing !== null,
      })),
    ),
    table(
      'Kinds of work',
      ['kind', 'entry', 'priority', 'under way', 'limit', 'offered', 'admitted', 'finished', 'refused', 'gone before'],
      kinds.slice(0, MOST_KINDS).map(({ kind, entry, name }) => ({
        cells: [
          name,
          entry,
          String(kind.priority),
          formatCount(kind.live),
          kind.limit === null ? '' : formatCount(kind.limit),
          ...[kind.offered, kind.admitted, kind.finished, kind.refused, kind.withdrawn].map(formatCount),
        ],
        marked: false,
      })),
    ),
    kinds.length > MOST_KINDS
      ? `<p class="faint">${formatCount(kinds.length - MOST_KINDS)} more kinds not listed.</p>`
      : '',
  ].join('');
}

const MOST_KINDS = 50;

interface Row {
  readonly cells: readonly string[];
  readonly marked: boolean;
}

function table(caption: string, heads: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const head = heads.map((title) => `<th scope="col">${title}</th>`).join('');
  const body = rows.map(({ cells, marked }) => {
    const tds = cells.map((cell) => `<td>${escape(cell)}</td>`).join('');
    return `<tr${marked ? ' class="limiting"' : ''}>${tds}</tr>`;
  });
  return `<div class="figures" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
