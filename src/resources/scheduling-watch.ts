import type { ReadyList } from '../fibers/ready-list.js';
import type { GatedEntry } from './gated-entry.js';

/**
 * Remembers what counters cannot tell: what work has had to wait for recently, and since when an entry has been refusing or
 * fibers have been held back. Looks a few times a second, and decides nothing.
 */
export class SchedulingWatch {
  /** How often work was not let in since the last look, by reason. */
  private readonly blocks: Map<string, number> = new Map();
  /** The shares of these counts, summed over past looks with decay: one busy moment counts for no more than another. */
  private readonly shares: Map<string, number> = new Map();
  private readonly refusing: Map<GatedEntry, RefusingEntry> = new Map();
  private readonly held: Map<ReadyList, HeldList> = new Map();
  private lookedAt: number = -Infinity;

  /** Work was not let in because of `reason`. */
  blocked(reason: string): void {
    this.blocks.set(reason, (this.blocks.get(reason) ?? 0) + 1);
  }

  /** Takes in what has happened since it looked last. */
  look(now: number, entries: ReadonlySet<GatedEntry>, heldLists: readonly ReadyList[]): void {
    this.lookedAt = now;
    this.weighBlocks();
    for (const entry of entries) this.lookAt(entry, now);
    for (const entry of this.refusing.keys()) if (!entries.has(entry)) this.refusing.delete(entry);
    for (const list of heldLists) {
      const known = this.held.get(list);
      if (known === undefined) this.held.set(list, { since: now, last: now });
      else known.last = now;
    }
    for (const [list, { last }] of this.held) if (now - last > HELD_PAUSE_MS) this.held.delete(list);
  }

  /** What work has had to wait for most often recently; null if it did not wait. */
  limiting(now: number): string | null {
    if (now - this.lookedAt > PAUSE_MS) return null;
    let most: string | null = null;
    for (const [reason, share] of this.shares) if (most === null || share > this.shares.get(most)!) most = reason;
    return most;
  }

  /** For how long `entry` has been refusing work, and the most frequent reason; null if it is not refusing. */
  refusingAt(entry: GatedEntry, now: number): { reason: string; forMs: number } | null {
    const state = this.refusing.get(entry);
    if (state === undefined || state.since === null || now - state.last > PAUSE_MS) return null;
    let reason = '';
    let most = 0;
    for (const [name, total] of entry.refusals) {
      const count = total - (state.before.get(name) ?? 0);
      if (count > most) [reason, most] = [name, count];
    }
    return { reason, forMs: now - state.since };
  }

  /** For how long fibers of `list` have been held back, in ms. */
  heldMs(list: ReadyList, now: number): number {
    return now - (this.held.get(list)?.since ?? now);
  }

  private weighBlocks(): void {
    const { blocks, shares } = this;
    for (const [reason, share] of shares) {
      if (share < FORGOTTEN) shares.delete(reason);
      else shares.set(reason, share * DECAY);
    }
    let total = 0;
    for (const times of blocks.values()) total += times;
    for (const [reason, times] of blocks) shares.set(reason, (shares.get(reason) ?? 0) + times / total);
    blocks.clear();
  }

  private lookAt(entry: GatedEntry, now: number): void {
    let state = this.refusing.get(entry);
    if (state === undefined) this.refusing.set(entry, (state = new RefusingEntry()));
    let total = 0;
    for (const count of entry.refusals.values()) total += count;
    if (total > state.total) {
      // What it refused before this bout began is no part of it.
      if (state.since === null) state.since = now;
      state.last = now;
    } else if (now - state.last > PAUSE_MS) {
      state.since = null;
      state.before = new Map(entry.refusals);
    }
    state.total = total;
  }
}

class RefusingEntry {
  total: number = 0;
  since: number | null = null;
  last: number = -Infinity;
  /** Refusals, by reason, before it began to refuse. */
  before: ReadonlyMap<string, number> = new Map();
}

interface HeldList {
  readonly since: number;
  last: number;
}

/**
 * With each look: what was a second ago counts for a third. The reason that prevailed is forgotten about four seconds after the
 * last time.
 */
const DECAY = 0.9;
const FORGOTTEN = 0.2;
/** A bout of refusing is over after so long without a refusal, or without a look. */
const PAUSE_MS = 1000;
/** Lists are released and asked again all the time: one that is not held at one look may be at the next. */
const HELD_PAUSE_MS = 500;
