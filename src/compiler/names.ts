/** The names that compiled code uses, none of which the source has. */
export type Names = { readonly [name in keyof typeof NAMES]: string };

const NAMES = {
  /** Where the activation was called from. */
  point: '$c',
  /** How many iterations it has left until it asks again. */
  budget: '$b',
  /** The first id of the file. */
  base: '$m',
  /** What a loop iterates that is left to give way. */
  iteration: '$n',
  /** A list of items that it goes through by index, and the index. */
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
 * The usual names, with a number behind all of them where the source has one of them. The text is searched and not the
 * tree: that is faster, and a name in a comment or a string does no harm but the number.
 */
export function namesFor(source: string): Names {
  const text = source.includes('\\u') ? unescaped(source) : source;
  const taken = new Set(Array.from(text.matchAll(TAKEN), ([, suffix]) => suffix!));
  let suffix = '';
  for (let i = 1; taken.has(suffix); i++) suffix = String(i);
  if (suffix === '') return NAMES;
  return Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, name + suffix])) as Names;
}

const TAKEN = /(?<![\w$])\$(?:c|b|m|n|w|i|each|indexed|enter|site|pause|same|preempted|module|places)(\d*)(?![\w$])/g;

/** Identifiers may be written with escapes: `\u0024c` is `$c`. */
function unescaped(source: string): string {
  return source.replaceAll(/\\u(?:\{0*([\da-f]{1,5})\}|([\da-f]{4}))/gi, (_, braced?: string, four?: string) =>
    String.fromCodePoint(Number.parseInt(braced ?? four!, 16)),
  );
}
