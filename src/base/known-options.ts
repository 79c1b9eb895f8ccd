import { checkOptions } from './check.js';
import { ArgumentError } from './errors.js';

/** The names of all options in `T`: the compiler asks for one that is left out. */
export type Known<T> = { readonly [Name in keyof T]-?: true };

/**
 * The options of the function `f`, and no others: with `gaol` for `goal` a server would take all that come, and nobody would
 * know before there is too much.
 */
export function checkKnown<T extends object>(f: string, options: T, known: Known<T>): void {
  checkOptions(options);
  for (const name of Object.keys(options)) if (!Object.hasOwn(known, name)) throw unknown(f, name, Object.keys(known));
}

/**
 * As `checkKnown`, for options that are passed on to Node, which ignores those it does not know. It may know more than
 * `known`, so only a name that differs from one of those in a letter or two is refused.
 */
export function checkSpelling(f: string, options: object, known: Known<object>): void {
  checkOptions(options, f);
  const names = Object.keys(known);
  for (const name of Object.keys(options))
    if (!Object.hasOwn(known, name) && nearestTo(name, names, 2) !== null) throw unknown(f, name, names);
}

function unknown(f: string, name: string, known: readonly string[]): ArgumentError {
  const nearest = nearestTo(name, known);
  const hint =
    nearest === null ? `there are ${known.map((one) => `\`${one}\``).join(', ')}` : `did you mean \`${nearest}\`?`;
  return new ArgumentError(`Unknown option \`${name}\` of \`${f}\`; ${hint}`);
}

/** What may have been meant: half of the letters at least are right. */
function nearestTo(name: string, known: readonly string[], most: number = 3): string | null {
  let nearest: string | null = null;
  let least = Math.min(most, name.length / 2);
  for (const one of known) {
    const distance = distanceBetween(name.toLowerCase(), one.toLowerCase());
    if (distance > least || (distance === least && nearest !== null)) continue;
    nearest = one;
    least = distance;
  }
  return nearest;
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
