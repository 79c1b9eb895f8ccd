/** When to try again after an `OverloadError`, in ms: what was short may be anything, so nobody knows better. */
export const OVERLOADED_MS = 1000;

/** The value of `Retry-After`: whole seconds, at least one. */
export function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
