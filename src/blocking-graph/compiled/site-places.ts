import { callerPlaces } from '../../base/caller-places.js';
import { isRunLoop } from '../../fibers/drive.js';

/** Notes, once, where in the running code site `id` is: to be called while it calls `site`. */
export function noteSite(id: number, site: Function): void {
  if (byId.has(id)) return;
  const [place = null] = callerPlaces(site, 1);
  byId.set(id, place);
  if (place !== null) places.add(place);
}

/** The position of site `id` in the running code; null if it is not known. */
export function placeOfSite(id: number | null): string | null {
  return byId.get(id!) ?? null;
}

/**
 * Whether what a compiled function yields would reach the run loop: every frame below it, down to the run loop's, must be at
 * the `yield*` of a site. To be called while the function calls `callee`.
 *
 * @param levels the most `yield*` levels there may be.
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
