import { added, count, list, mismatch, object, oneOf, orNull, quantity, text, type Decoder } from './decoder.js';
import type {
  DescriptorsSnapshot,
  EntrySnapshot,
  KindSnapshot,
  MemorySnapshot,
  RefusalCount,
  ResourceSnapshot,
  SchedulingSnapshot,
} from './scheduling.js';

const resource: Decoder<ResourceSnapshot> = object<ResourceSnapshot>({
  name: text,
  kind: oneOf('rate', 'stock'),
  unit: oneOf('processors', 'slots', 'bytes', 'descriptors'),
  used: quantity,
  outstanding: quantity,
  capacity: orNull(quantity),
  queueMs: quantity,
  steady: quantity,
  delayMs: quantity,
  holdMs: added(quantity, 0),
  blocked: count,
});

const kind: Decoder<KindSnapshot> = object<KindSnapshot>({
  name: text,
  priority: quantity,
  live: count,
  limit: added(orNull(quantity), null),
  offered: count,
  admitted: count,
  finished: count,
  refused: count,
  withdrawn: count,
  late: added(count, 0),
});

const entry: Decoder<EntrySnapshot> = object<EntrySnapshot>({
  name: text,
  goalMs: quantity,
  live: count,
  queued: count,
  limit: orNull(quantity),
  kinds: list(kind),
  refusals: list(object<RefusalCount>({ reason: text, count })),
  refusing: orNull(object<NonNullable<EntrySnapshot['refusing']>>({ reason: text, forMs: quantity })),
});

const fields: Decoder<SchedulingSnapshot> = object<SchedulingSnapshot>({
  limiting: orNull(text),
  live: count,
  resources: list(resource),
  entries: list(entry),
  memory: orNull(object<MemorySnapshot>({ liveBytes: quantity, baseBytes: quantity, survival: quantity })),
  descriptors: object<DescriptorsSnapshot>({ used: count, limit: orNull(count), waiting: count, heldBack: count }),
  heldBack: count,
  stopped: count,
});

/** The part of a snapshot about scheduling by resources. Names must be unique, since `subtract` and `add` match by name. */
export const schedulingDecoder: Decoder<SchedulingSnapshot> = (value, path) => {
  const read = fields(value, path);
  checkUnique(read.resources, `${path}.resources`);
  checkUnique(read.entries, `${path}.entries`);
  read.entries.forEach(({ kinds }, index) => checkUnique(kinds, `${path}.entries[${index}].kinds`));
  return read;
};

function checkUnique(items: readonly { readonly name: string }[], path: string): void {
  const names = new Set<string>();
  items.forEach(({ name }, index) => {
    if (names.has(name)) throw mismatch(`${path}[${index}].name`, 'different from all names before it', name);
    names.add(name);
  });
}
