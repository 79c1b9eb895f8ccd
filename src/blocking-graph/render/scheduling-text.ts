import type { SchedulingSnapshot } from '../scheduling.js';
import { formatCount, formatMs, plural } from './format.js';
import type { Paint } from './paint.js';
import {
  describeEntry,
  describeLimiting,
  describeLoad,
  viewEntries,
  viewKinds,
  viewResources,
  type KindView,
  type ResourceView,
} from './scheduling-view.js';
import { GAP, layOutTable, type Column } from './text-table.js';
import { titledLines } from './titled-lines.js';

/** The part of the text about scheduling by resources; empty without it. */
export function schedulingLines(
  scheduling: SchedulingSnapshot | null,
  options: { readonly width: number; readonly paint: Paint },
): string[] {
  if (scheduling === null) return [];
  const { width, paint } = options;
  const kinds = viewKinds(scheduling);
  const listed = kinds.slice(0, MOST_KINDS);
  return [
    ...titledLines('scheduling', [describeLimiting(scheduling), ...describeLoad(scheduling)], width, paint),
    ...layOutTable(viewResources(scheduling), RESOURCES, options),
    ...viewEntries(scheduling).flatMap((view) => titledLines('entry', describeEntry(view), width, paint)),
    ...layOutTable(
      listed,
      scheduling.entries.length === 1 ? KINDS.filter(({ head }) => head !== 'entry') : KINDS,
      options,
    ),
    ...(kinds.length > listed.length
      ? [paint('faint', `${GAP}… and ${plural(kinds.length - listed.length, 'more kind')} of work`)]
      : []),
  ];
}

const MOST_KINDS = 10;

const RESOURCES: readonly Column<ResourceView>[] = [
  { head: 'resource', cell: ({ name }) => name, keep: 9, cut: 2, legible: 24 },
  { head: 'used', cell: ({ used }) => used, keep: 8, toRight: true },
  { head: 'of', cell: ({ capacity }) => capacity, keep: 7, toRight: true },
  { head: 'still to come', cell: ({ outstanding }) => outstanding, keep: 5, toRight: true },
  { head: 'at most', cell: ({ most }) => most, keep: 3, toRight: true },
  { head: 'may queue', cell: ({ resource }) => formatMs(resource.queueMs), keep: 4, toRight: true },
  { head: 'work had to wait', cell: ({ resource }) => `${formatCount(resource.blocked)}×`, keep: 6, toRight: true },
  { head: '', cell: ({ limiting }) => (limiting ? '← limiting' : ''), keep: 6, style: 'alarm' },
];

const KINDS: readonly Column<KindView>[] = [
  { head: 'entry', cell: ({ entry }) => entry, keep: 3, cut: 1, legible: 24 },
  { head: 'kind', cell: ({ name }) => name, keep: 9, cut: 2, legible: 32 },
  { head: 'live', cell: ({ kind }) => formatCount(kind.live), keep: 5, toRight: true },
  { head: 'at most', cell: ({ kind }) => (kind.limit === null ? '' : formatCount(kind.limit)), keep: 6, toRight: true },
  { head: 'offered', cell: ({ kind }) => formatCount(kind.offered), keep: 4, toRight: true },
  { head: 'admitted', cell: ({ kind }) => formatCount(kind.admitted), keep: 8, toRight: true },
  { head: 'finished', cell: ({ kind }) => formatCount(kind.finished), keep: 2, toRight: true },
  { head: 'refused', cell: ({ kind }) => formatCount(kind.refused), keep: 7, toRight: true },
  { head: 'withdrawn', cell: ({ kind }) => formatCount(kind.withdrawn), keep: 1, toRight: true },
  { head: 'priority', cell: ({ kind }) => (kind.priority === 1 ? '' : String(kind.priority)), keep: 0, toRight: true },
];
