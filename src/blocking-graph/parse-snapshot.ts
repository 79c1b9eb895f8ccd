import { describe, expected } from '../base/check.js';
import { SnapshotError } from '../base/errors.js';
import { schedulingDecoder } from './parse-scheduling.js';
import {
  added,
  count,
  difference,
  flag,
  identifier,
  list,
  mismatch,
  number,
  object,
  oneOf,
  optional,
  orNull,
  quantity,
  text,
  type Decoder,
} from './decoder.js';
import type {
  AheadSnapshot,
  AllocationSnapshot,
  EdgeSnapshot,
  FiberCounts,
  FiberRef,
  HeldSnapshot,
  HistogramSnapshot,
  LockSnapshot,
  MoreLocks,
  NodeSnapshot,
  PlaceSnapshot,
  ProcessInfo,
  ProcessUsage,
  RunTime,
  SchedulerInfo,
  Snapshot,
  SpawnSnapshot,
} from './snapshot.js';

/**
 * Reads a snapshot from the JSON that `heddle graph --format json` writes.
 *
 * @throws SnapshotError if the text is truncated or not JSON, is not a heddle snapshot, is one of another version, or
 * a field is missing or invalid (the message has its path); ArgumentError if `json` is not a string.
 */
export function parseSnapshot(json: string): Snapshot {
  if (typeof json !== 'string') throw expected('json', 'the text of a snapshot', json);
  let value: unknown;
  try {
    // Some editors put a byte order mark in front.
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (cause) {
    const what = json.trimStart().startsWith('{')
      ? 'The snapshot is damaged or cut off'
      : 'This is not a snapshot, nor any JSON';
    throw new SnapshotError(`${what}: ${(cause as Error).message}`, { cause });
  }
  return readSnapshot(value);
}

/** As `parseSnapshot`, for an already parsed value, with which the result shares nothing. */
export function readSnapshot(value: unknown): Snapshot {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== 'heddle.snapshot')
    throw new SnapshotError('This is JSON, but not a snapshot of heddle: it lacks `"format": "heddle.snapshot"`');
  if (version !== 1)
    throw new SnapshotError(
      `This snapshot is of version ${typeof version === 'number' ? version : describe(version).slice(0, 80)}, and this heddle reads version 1: use the heddle that wrote it`,
    );
  const snapshot = snapshotDecoder(value, '');
  checkReferences(snapshot);
  return snapshot;
}

const bucket: Decoder<readonly [number, number]> = (value, path) => {
  const pair = list(count)(value, path);
  if (pair.length !== 2) throw mismatch(path, 'a pair of index and count', value);
  return pair as unknown as readonly [number, number];
};

const histogram: Decoder<HistogramSnapshot> = (value, path) => {
  const read = object<HistogramSnapshot>({ count, sumMs: quantity, buckets: list(bucket) })(value, path);
  read.buckets.forEach(([index], n) => {
    const below = read.buckets[n - 1]?.[0] ?? -1;
    if (index <= below) throw mismatch(`${path}.buckets[${n}]`, `a bucket above that of index ${below}`, index);
  });
  const total = read.buckets.reduce((sum, [, samples]) => sum + samples, 0);
  if (total !== read.count) throw mismatch(`${path}.count`, `the sum of its buckets, ${total}`, read.count);
  return read;
};

const fiberRef: Decoder<FiberRef> = object<FiberRef>({
  fiber: count,
  kind: text,
  node: orNull(identifier),
  sinceMs: orNull(quantity),
  bounded: added(flag, false),
  ended: added(flag, false),
});

const place: Decoder<PlaceSnapshot> = object<PlaceSnapshot>({
  file: text,
  line: count,
  column: count,
  function: text,
  callee: text,
});

const node: Decoder<NodeSnapshot> = object<NodeSnapshot>({
  id: identifier,
  label: text,
  subject: orNull(text),
  chain: list(text),
  places: list(orNull(place)),
  fibers: count,
  waiting: count,
  ready: count,
  arrivals: count,
  oldestMs: orNull(quantity),
  run: object<RunTime>({ totalMs: quantity, meanMs: orNull(quantity), samples: count }),
  wait: orNull(histogram),
  tickets: orNull(quantity),
  pass: orNull(number),
  spawns: added(list(object<SpawnSnapshot>({ to: identifier, count })), []),
  pool: added(orNull(text), null),
  allocated: added(
    orNull(object<AllocationSnapshot>({ heapBytes: quantity, externalBytes: quantity, samples: count })),
    null,
  ),
  descriptors: added(difference, 0),
  ahead: added(orNull(object<AheadSnapshot>({ timeMs: quantity, cpuMs: quantity })), null),
  held: added(orNull(object<HeldSnapshot>({ by: text, fibers: count, forMs: quantity })), null),
});

const edge: Decoder<EdgeSnapshot> = object<EdgeSnapshot>({
  from: identifier,
  to: identifier,
  count,
  meanMs: orNull(quantity),
  samples: count,
});

const lock: Decoder<LockSnapshot> = object<LockSnapshot>({
  id: count,
  pid: optional(count),
  part: optional(count),
  kind: oneOf('mutex', 'semaphore', 'resource'),
  name: orNull(text),
  capacity: count,
  available: count,
  holders: list(fiberRef),
  waiters: list(fiberRef),
  unlisted: count,
});

const snapshotDecoder: Decoder<Snapshot> = object<Snapshot>({
  format: oneOf('heddle.snapshot'),
  version: oneOf(1),
  process: object<ProcessInfo>({
    pid: count,
    title: text,
    node: text,
    heddle: text,
    startedAt: optional(count),
  }),
  takenAt: number,
  tookMs: quantity,
  windowMs: quantity,
  usage: orNull(
    object<ProcessUsage>({
      cpuMs: quantity,
      heapUsedBytes: count,
      heapLimitBytes: count,
      rssBytes: orNull(count),
      descriptors: orNull(count),
      descriptorLimit: orNull(count),
    }),
  ),
  fibers: object<FiberCounts>({ live: count, ready: count, waiting: count, spawned: count, ended: count }),
  scheduler: object<SchedulerInfo>({
    queue: oneOf('stride', 'fifo', 'other'),
    sliceMs: quantity,
    passes: count,
    batches: count,
    ranMs: quantity,
    overruns: count,
    longestMs: quantity,
  }),
  scheduling: added(orNull(schedulingDecoder), null),
  nodes: list(node),
  edges: list(edge),
  locks: list(lock),
  moreLocks: optional(object<MoreLocks>({ locks: count, waiters: count })),
  lost: count,
  warnings: list(text),
});

/** Checks that node ids are unique and that edges and spawns refer to existing nodes, so that later code need not. */
function checkReferences({ nodes, edges }: Snapshot): void {
  const ids = new Set<string>();
  nodes.forEach(({ id }, index) => {
    if (ids.has(id)) throw mismatch(`nodes[${index}].id`, 'different from all ids before it', id);
    ids.add(id);
  });
  nodes.forEach(({ spawns }, index) =>
    spawns.forEach(({ to }, n) => {
      if (!ids.has(to)) throw mismatch(`nodes[${index}].spawns[${n}].to`, 'the id of a node', to);
    }),
  );
  edges.forEach(({ from, to }, index) => {
    if (!ids.has(from)) throw mismatch(`edges[${index}].from`, 'the id of a node', from);
    if (!ids.has(to)) throw mismatch(`edges[${index}].to`, 'the id of a node', to);
  });
}
