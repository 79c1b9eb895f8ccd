import { OTHER_KINDS } from '../blocking-graph/other-kinds.js';
import type { Work } from '../fibers/governor.js';
import { Kind } from './kind.js';

/** The kind of `work` among `kinds`, to which it is added if it is new. Names may come from outside: the paths of requests. */
export function kindFor(work: Work, kinds: Map<string, Kind>, patient: boolean): Kind {
  let kind = kinds.get(work.kind);
  if (kind !== undefined) return kind;
  const name = kinds.size < MOST_KINDS ? work.kind : OTHER_KINDS;
  kind = kinds.get(name) ?? new Kind(name, work.priority, patient);
  kinds.set(name, kind);
  return kind;
}

const MOST_KINDS = 100;
