/** A forgotten `yield*`, or a like slip with an operation. */
export interface Finding {
  readonly kind: FindingKind;
  /** One sentence: what is wrong, and how to write it. */
  readonly message: string;
  /** Where the expression stands, in UTF-16 units from the beginning of the file. */
  readonly start: number;
  readonly end: number;
  /** What to change so that the operation is run; null where that takes more than a `yield*` at this place. */
  readonly fix: readonly Edit[] | null;
}

export type FindingKind =
  /** The operation is a statement of its own. */
  | 'dropped'
  /** A variable holds it that nobody reads. */
  | 'unused'
  /** It stands where something true or false does. */
  | 'tested'
  /** Something of its result is asked of itself: `listen(…).accept()`, `const { status } = fetch(…)`. */
  | 'member'
  /** A fiber function returns it as its result. */
  | 'returned'
  /** `yield` without the star. */
  | 'yielded'
  | 'awaited'
  /** A loop, a pattern or a spread goes through it: `for (const x of all(…))`. */
  | 'iterated'
  /** A call like `forEach` drops what its callback returns. */
  | 'callback'
  /** The code of a generator that yields data is never run. */
  | 'generator';

/** Text to be put in the place of what stands from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
