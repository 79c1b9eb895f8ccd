import type { Admitted } from '../fibers/governor.js';
import type { Cohort } from './cohort.js';
import type { GatedEntry } from './gated-entry.js';
import type { Kind } from './kind.js';

/** Work that was let in, until it ends. */
export class AdmittedWork implements Admitted {
  readonly body: Function;
  private readonly entry: GatedEntry;
  readonly kind: Kind;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** When it was let in. */
  readonly since: number;
  /** By the `QueueingMeter`, then. */
  readonly blockedSince: number;
  readonly cohort: Cohort;
  /** How much of its kind was under way then, with itself. */
  readonly among: number;
  private over: boolean = false;

  constructor(entry: GatedEntry, kind: Kind, isFirst: boolean, isLast: boolean, since: number) {
    this.entry = entry;
    this.kind = kind;
    this.isFirst = isFirst;
    this.isLast = isLast;
    this.since = since;
    this.blockedSince = entry.governor.queueing.blockedMs(since);
    this.cohort = kind.inherent.begin();
    this.among = kind.live;
    this.body = kind.body;
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.entry.ended(this);
  }

  moveOn(): void {
    if (this.over) return;
    this.over = true;
    this.entry.movedOn(this);
  }
}
