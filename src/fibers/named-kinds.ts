import type { SuspensionKind } from './suspension.js';

/**
 * The kinds of waits that a program names itself, by name: there are few names and many waits. Once `MOST_NAMES` are known,
 * others are made anew each time, which only costs time.
 *
 * @param make is given null for a wait without a name.
 */
export function namedKinds(make: (name: string | null) => SuspensionKind): (name?: string) => SuspensionKind {
  const unnamed = make(null);
  const named = new Map<string, SuspensionKind>();
  return (name) => {
    if (name === undefined) return unnamed;
    let kind = named.get(name);
    if (kind === undefined) {
      kind = make(name);
      if (named.size < MOST_NAMES) named.set(name, kind);
    }
    return kind;
  };
}

const MOST_NAMES = 1000;
