import { callerPlaces } from '../../base/caller-places.js';
import { isRunLoop } from '../../fibers/drive.js';

/** Where the call of site `id` stands in the text that runs, which called `site` just now. Once for each. */
export function noteSite(id: number, site: Function): void {
  if (byId.has(id)) return;
  const [place = null] = callerPlaces(site, 1);
  byId.set(id, place);
  if (place !== null) places.add(place);
}

/** Null where that is not known. */
export function placeOfSite(id: number | null): string | null {
  return byId.get(id!) ?? null;
}

/**
 * Whether what a compiled function yields, which called `callee` just now, reaches the run loop: every frame below it
 * stands at the `yield*` of a site, until the run loop's. `levels` is how many there may be.
 */
export function reachesRunLoop(callee: Function, levels: number): boolean {
  const frames = callerPlaces(callee, 2 * levels + 3);
  for (let at = 1; at + 1 < frames.length; at += 2) {
    const driver = frames[at + 1];
    if (frames[at] !== null || typeof driver !== 'string') return false;
    if (isRunLoop(driver)) return true;
    if (!places.has(driver)) return false;
  }
  return false;
}

const byId: Map<number, string | null> = new Map();
const places: Set<string> = new Set();
