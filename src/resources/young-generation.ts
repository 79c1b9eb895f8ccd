import { getHeapSpaceStatistics } from 'node:v8';
import { setV8Flag } from './v8-flag.js';

/**
 * Makes V8's young generation large, in some 5 ms: it grows when more has survived in it than it holds.
 *
 * V8 begins to allocate outside it what survives only once it has its full size, and decides for good
 * (`MakePretenureDecision`). By itself it doubles from one step to the next: what requests build is copied until then, and was
 * for good in one process of eleven (`docs/overload.md`).
 *
 * @param most how many bytes may survive for it.
 */
export function growYoungGeneration(most: number): void {
  if (!setV8Flag('semi-space-growth-factor', GROWTH_FACTOR)) return;
  const survivor = Array.from({ length: SURVIVOR_BYTES / 8 }, () => 0);
  const survivors = [survivor];
  const bytes = Math.min(2 * youngBytes(), most);
  while (youngBytes() < LARGE && survivors.length * SURVIVOR_BYTES < bytes) survivors.push(survivor.slice());
}

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;

/** From 1 MB, which it has at first, to 16: all that V8 allows by default up to Node 22. */
const GROWTH_FACTOR = 16;
const LARGE = GROWTH_FACTOR * 2 ** 20;
/** Little enough to lie in the young generation. */
const SURVIVOR_BYTES = 65_536;
