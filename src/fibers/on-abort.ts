import { checkSignal } from '../base/check.js';

/**
 * Calls `aborted` once when `signal` is aborted: at once if it already is. Returns a function that takes that back.
 *
 * All callbacks for one signal share one listener. An `AbortSignal` keeps its listeners in a list that is searched whenever one
 * is added or removed: 20,000 fibers that listen to the signal of one server would take a second to start and another to end,
 * and from the eleventh on Node 20 would warn of a leak.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  checkSignal(signal);
  if (signal.aborted) {
    aborted();
    return nothing;
  }
  let audience = AUDIENCES.get(signal);
  if (audience === undefined) AUDIENCES.set(signal, (audience = new Audience(signal)));
  return audience.add(aborted);
}

function nothing(): void {}

class Audience {
  private readonly signal: AbortSignal;
  /** Wrapped, since one function may be added twice. */
  private readonly entries: Set<{ readonly aborted: () => void }> = new Set();
  private readonly tell = (): void => {
    const entries = [...this.entries];
    this.entries.clear();
    for (const { aborted } of entries) aborted();
  };

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  add(aborted: () => void): () => void {
    const entry = { aborted };
    if (this.entries.size === 0) this.signal.addEventListener('abort', this.tell, { once: true });
    this.entries.add(entry);
    return () => {
      if (this.entries.delete(entry) && this.entries.size === 0) this.signal.removeEventListener('abort', this.tell);
    };
  }
}

const AUDIENCES: WeakMap<AbortSignal, Audience> = new WeakMap();
