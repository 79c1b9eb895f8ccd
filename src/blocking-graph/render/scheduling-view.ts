import { describeReason } from '../describe-scheduling.js';
import { mostOutstanding } from '../most-outstanding.js';
import type { EntrySnapshot, KindSnapshot, ResourceSnapshot, SchedulingSnapshot } from '../scheduling.js';
import { formatBytes, formatCount, formatMs, formatShare, plural, printable } from './format.js';

/** What work mostly has to wait for, as a clause. */
export function describeLimiting({ limiting }: SchedulingSnapshot): string {
  switch (limiting) {
    case null:
      return 'no resource is limiting';
    case 'latency':
    case 'slow start':
      return `no resource is known to be limiting, but ${describeReason(limiting)}`;
    default:
      // Names of resources that the program declared begin with "resource".
      return `the limiting resource is ${printable(limiting).replace(/^resource /, '')}`;
  }
}

/** The remaining facts for that line. */
export function describeLoad({ live, heldBack, stopped, memory, descriptors }: SchedulingSnapshot): string[] {
  const limit = descriptors.limit === null ? '' : ` of ${formatCount(descriptors.limit)}`;
  return [
    `${formatCount(live)} under way`,
    ...(heldBack === 0 ? [] : [`${plural(heldBack, 'fiber')} held back`]),
    ...(memory === null
      ? []
      : [
          `${formatBytes(memory.liveBytes)} of the heap alive, ${formatBytes(memory.baseBytes)} without any work`,
          `${formatShare(memory.survival)} of what is allocated survives`,
        ]),
    `${formatCount(descriptors.used)}${limit} descriptors open`,
    ...(descriptors.waiting === 0 ? [] : [`${plural(descriptors.waiting, 'fiber')} waiting for one`]),
    ...(stopped === 0 ? [] : [`${plural(stopped, 'fiber')} cancelled`]),
  ];
}

/** A resource prepared for display. All text is printable, but not yet escaped for an output format. */
export interface ResourceView {
  readonly resource: ResourceSnapshot;
  readonly name: string;
  /** Empty without a limit. */
  readonly capacity: string;
  readonly used: string;
  readonly outstanding: string;
  /** The bound on `outstanding`; empty if there is none. */
  readonly most: string;
  readonly limiting: boolean;
}

export function viewResources({ resources, limiting }: SchedulingSnapshot): ResourceView[] {
  return resources.map((resource) => ({
    resource,
    name: printable(resource.name),
    capacity: resource.capacity === null ? '' : amountOf(resource.capacity, resource),
    used: amountOf(resource.used, resource),
    outstanding: timeOf(resource.outstanding, resource),
    most: timeOf(mostOutstanding(resource), resource),
    limiting: resource.name === limiting,
  }));
}

function amountOf(amount: number, { unit }: ResourceSnapshot): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(amount);
    case 'processors':
      return String(Number(amount.toFixed(2)));
    case 'slots':
    case 'descriptors':
      return formatCount(amount);
  }
}

/** Formats ms of a rate, or units × ms of a stock: `12 MB s` is 12 MB held for a second, or 6 MB for two. */
function timeOf(outstanding: number | null, { kind, unit }: ResourceSnapshot): string {
  if (outstanding === null) return '';
  if (kind === 'rate') return formatMs(outstanding);
  const each = outstanding / 1000;
  return unit === 'bytes' ? `${formatBytes(each)} s` : `${Number(each.toPrecision(2))} s`;
}

/** An entry prepared for display. */
export interface EntryView {
  readonly entry: EntrySnapshot;
  readonly name: string;
  readonly total: Readonly<Record<KindCount, number>>;
  /** `12 memory, 3 latency`, the most frequent first; empty if nothing was refused. */
  readonly reasons: string;
}

export type KindCount = 'offered' | 'admitted' | 'finished' | 'refused' | 'withdrawn';

export function viewEntries({ entries }: SchedulingSnapshot): EntryView[] {
  return entries.map((entry) => {
    const total = (count: KindCount): number => entry.kinds.reduce((sum, kind) => sum + kind[count], 0);
    return {
      entry,
      name: printable(entry.name),
      total: {
        offered: total('offered'),
        admitted: total('admitted'),
        finished: total('finished'),
        refused: total('refused'),
        withdrawn: total('withdrawn'),
      },
      reasons: [...entry.refusals]
        .sort((a, b) => b.count - a.count)
        .map(({ reason, count }) => `${formatCount(count)} ${printable(reason, 60)}`)
        .join(', '),
    };
  });
}

/** The facts about an entry for a line of text. */
export function describeEntry({ entry, name, total, reasons }: EntryView): string[] {
  return [
    name,
    `goal ${formatMs(entry.goalMs)}`,
    `${formatCount(entry.live)} under way`,
    ...(entry.queued === 0 ? [] : [`${formatCount(entry.queued)} waiting to be let in`]),
    ...(entry.limit === null ? [] : [`at most ${formatCount(entry.limit)} at once while answers are slow`]),
    `${formatCount(total.admitted)} of ${formatCount(total.offered)} admitted`,
    total.refused === 0 ? 'none refused' : `${formatCount(total.refused)} refused (${reasons})`,
    ...(total.withdrawn === 0 ? [] : [`${formatCount(total.withdrawn)} gone before`]),
  ];
}

export interface KindView {
  readonly kind: KindSnapshot;
  readonly entry: string;
  readonly name: string;
}

/** Kinds of work of all entries, the most refused first. */
export function viewKinds({ entries }: SchedulingSnapshot): KindView[] {
  return entries
    .flatMap((entry) => entry.kinds.map((kind) => ({ kind, entry: printable(entry.name), name: printable(kind.name) })))
    .sort(({ kind: a }, { kind: b }) => b.refused - a.refused || b.offered - a.offered);
}
