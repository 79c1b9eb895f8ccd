import { mostOutstanding } from '../most-outstanding.js';
import type { EntrySnapshot, KindSnapshot, ResourceSnapshot, SchedulingSnapshot } from '../scheduling.js';
import type { Snapshot } from '../snapshot.js';
import { printable } from './format.js';

/**
 * Counters and gauges for a metrics system, in Prometheus' text exposition format 0.0.4: base units, counters since the
 * runtime started. Nodes of the graph are left out, since each would add time series that are kept for ever.
 */
export function renderPrometheus(snapshot: Snapshot): string {
  const metrics = [
    ...runtimeMetrics(snapshot),
    ...(snapshot.scheduling === null ? [] : schedulingMetrics(snapshot.scheduling)),
  ];
  return metrics.map(exposition).join('');
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function runtimeMetrics({ fibers, scheduler, scheduling, lost }: Snapshot): Metric[] {
  return [
    metric(
      'heddle_fibers',
      'gauge',
      'Fibers that have not ended, by state; those `held` are kept from running until memory fits.',
      [
        { labels: { state: 'waiting' }, value: fibers.waiting },
        { labels: { state: 'ready' }, value: fibers.ready },
        { labels: { state: 'held' }, value: scheduling?.heldBack ?? 0 },
      ],
    ),
    metric('heddle_fibers_started_total', 'counter', 'Fibers started.', fibers.spawned),
    metric('heddle_fibers_ended_total', 'counter', 'Fibers ended.', fibers.ended),
    metric('heddle_run_seconds_total', 'counter', 'Processor time spent running fibers.', scheduler.ranMs / 1000),
    metric('heddle_overruns_total', 'counter', 'Runs longer than one and a half time slices.', scheduler.overruns),
    metric('heddle_events_lost_total', 'counter', 'Suspensions that found no room in the blocking graph.', lost),
  ];
}

function schedulingMetrics(scheduling: SchedulingSnapshot): Metric[] {
  const { resources, entries, memory, descriptors } = scheduling;
  return [
    metric(
      'heddle_limiting',
      'gauge',
      '1 for what work has had to wait for most often of late.',
      scheduling.limiting === null ? [] : [{ labels: { resource: scheduling.limiting }, value: 1 }],
    ),
    ofResources(resources, 'used', 'gauge', 'In use, in processors, slots, bytes or descriptors.', ({ used }) => used),
    ofResources(
      resources,
      'capacity',
      'gauge',
      'What there is for fibers; absent without a limit.',
      (one) => one.capacity,
    ),
    ofResources(
      resources,
      'outstanding_seconds',
      'gauge',
      'What live work is still going to use: seconds, of a stock its unit times seconds.',
      ({ outstanding }) => outstanding / 1000,
    ),
    ofResources(
      resources,
      'outstanding_limit_seconds',
      'gauge',
      'What that may come to before more work has to wait; absent without a limit.',
      (one) => {
        const most = mostOutstanding(one);
        return most === null ? null : most / 1000;
      },
    ),
    ofResources(resources, 'blocked_total', 'counter', 'How often work had to wait for it.', ({ blocked }) => blocked),
    ofEntries(entries, 'live', 'Work that was let in and has not ended.', ({ live }) => live),
    ofEntries(entries, 'queued', 'Work that waits to be let in.', ({ queued }) => queued),
    ofEntries(entries, 'goal_seconds', 'How long work may take.', ({ goalMs }) => goalMs / 1000),
    ofEntries(entries, 'limit', 'Most work at once while answers are slow; absent without.', ({ limit }) => limit),
    ofKinds(entries, 'offered', 'Work that came in.', ({ offered }) => offered),
    ofKinds(entries, 'admitted', 'Work that was let in.', ({ admitted }) => admitted),
    ofKinds(entries, 'finished', 'Work that has ended.', ({ finished }) => finished),
    ofKinds(entries, 'refused', 'Work that was refused.', ({ refused }) => refused),
    ofKinds(entries, 'withdrawn', 'Work whose asker had gone before it was let in.', ({ withdrawn }) => withdrawn),
    metric(
      'heddle_refusals_total',
      'counter',
      'Refusals by reason.',
      entries.flatMap(({ name, refusals }) =>
        refusals.map(({ reason, count }) => ({ labels: { entry: name, reason }, value: count })),
      ),
    ),
    ...(memory === null
      ? []
      : [
          metric(
            'heddle_memory_live_bytes',
            'gauge',
            "What of V8's heap is alive, as far as is known.",
            memory.liveBytes,
          ),
          metric('heddle_memory_base_bytes', 'gauge', 'Of that, without any work.', memory.baseBytes),
          metric(
            'heddle_memory_survival_ratio',
            'gauge',
            'Of what fibers allocate, what stays alive.',
            memory.survival,
          ),
        ]),
    metric('heddle_descriptors_open', 'gauge', 'Open files and sockets.', descriptors.used),
    metric(
      'heddle_descriptors_limit',
      'gauge',
      'How many may be open; absent without a limit.',
      descriptors.limit === null ? [] : descriptors.limit,
    ),
    metric('heddle_descriptors_waiting', 'gauge', 'Fibers that wait for one.', descriptors.waiting),
    metric('heddle_descriptors_waits_total', 'counter', 'How often a fiber had to wait for one.', descriptors.heldBack),
    metric(
      'heddle_fibers_stopped_total',
      'counter',
      'Fibers cancelled because memory had run out.',
      scheduling.stopped,
    ),
  ];
}

function metric(name: string, type: Metric['type'], help: string, samples: number | readonly Sample[]): Metric {
  return { name, type, help, samples: typeof samples === 'number' ? [{ labels: {}, value: samples }] : samples };
}

function ofResources(
  resources: readonly ResourceSnapshot[],
  name: string,
  type: Metric['type'],
  help: string,
  pick: (resource: ResourceSnapshot) => number | null,
): Metric {
  const samples = resources.flatMap((resource) => {
    const value = pick(resource);
    return value === null ? [] : [{ labels: { resource: resource.name, unit: resource.unit }, value }];
  });
  return metric(`heddle_resource_${name}`, type, help, samples);
}

function ofEntries(
  entries: readonly EntrySnapshot[],
  name: string,
  help: string,
  pick: (entry: EntrySnapshot) => number | null,
): Metric {
  const samples = entries.flatMap((entry) => {
    const value = pick(entry);
    return value === null ? [] : [{ labels: { entry: entry.name }, value }];
  });
  return metric(`heddle_entry_${name}`, 'gauge', help, samples);
}

function ofKinds(
  entries: readonly EntrySnapshot[],
  name: string,
  help: string,
  pick: (kind: KindSnapshot) => number,
): Metric {
  const samples = entries.flatMap((entry) =>
    entry.kinds.map((kind) => ({ labels: { entry: entry.name, kind: kind.name }, value: pick(kind) })),
  );
  return metric(`heddle_work_${name}_total`, 'counter', help, samples);
}

/** Adds up samples with equal labels: Prometheus rejects a whole scrape with a duplicate series, and names may print alike. */
function exposition({ name, type, help, samples }: Metric): string {
  const series = new Map<string, number>();
  for (const { labels, value } of samples) {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    const key = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
    series.set(key, (series.get(key) ?? 0) + value);
  }
  if (series.size === 0) return '';
  const lines = [...series].map(([key, value]) => `${key} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

/** Backslash, quote and line feed have a meaning in the format; other control characters would act on a terminal. */
function escapeLabel(text: string): string {
  const lines = text.split('\n').map((line) => printable(line, Infinity));
  return lines.join('\n').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
