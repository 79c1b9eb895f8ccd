/** The names that compiled code uses, none of which occurs in the source. */
export type Names = { readonly [name in keyof typeof NAMES]: string };

const NAMES = {
  /** The `CallPoint` from which the activation was called. */
  point: '$c',
  /** How many iterations a loop has left until it asks for the time again. */
  budget: '$b',
  /** The first id of the file. */
  base: '$m',
  /** What a `for…of` iterates that can be left to give way. */
  iteration: '$n',
  /** The list that an indexed `for…of` goes through, and its index there. */
  items: '$w',
  index: '$i',
  each: '$each',
  indexed: '$indexed',
  enter: '$enter',
  site: '$site',
  pause: '$pause',
  same: '$same',
  preempted: '$preempted',
  module: '$module',
  places: '$places',
} as const;

/**
 * The usual names, all with the same number appended if the source has one of them. The text is searched rather than the
 * tree: that is faster, and a match in a comment or string costs nothing but the number.
 */
export function namesFor(source: string): Names {
  const text = source.includes('\\u') ? unescaped(source) : source;
  const taken = new Set(Array.from(text.matchAll(TAKEN), ([, suffix]) => suffix!));
  let suffix = '';
  for (let i = 1; taken.has(suffix); i++) suffix = String(i);
  if (suffix === '') return NAMES;
  return Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, name + suffix])) as Names;
}

const WORDS = Object.values(NAMES).map((name) => name.slice(1));
const TAKEN = new RegExp(String.raw`(?<![\w$])\$(?:${WORDS.join('|')})(\d*)(?![\w$])`, 'g');

/** Identifiers may be written with escapes: `\u0024c` is `$c`. */
function unescaped(source: string): string {
  return source.replaceAll(/\\u(?:\{0*([\da-f]{1,5})\}|([\da-f]{4}))/gi, (_, braced?: string, four?: string) =>
    String.fromCodePoint(Number.parseInt(braced ?? four!, 16)),
  );
}
