/** A forgotten `yield*`, or a similar mistake with an operation. */
export interface Finding {
  readonly kind: FindingKind;
  /** One sentence: what is wrong, and how to write it. */
  readonly message: string;
  /** Where the expression stands, in UTF-16 units from the beginning of the file. */
  readonly start: number;
  readonly end: number;
  /** The edits that make the operation run; null where that takes more than a `yield*` at this place. */
  readonly fix: readonly Edit[] | null;
}

export type FindingKind =
  /** The operation is a statement of its own. */
  | 'dropped'
  /** It is assigned to a variable that is never read. */
  | 'unused'
  /** It is used as a condition. */
  | 'tested'
  /** It is asked for a member of its result: `listen(…).accept()`, `const { status } = fetch(…)`. */
  | 'member'
  /** A fiber function returns it as its result. */
  | 'returned'
  /** `yield` without the star. */
  | 'yielded'
  | 'awaited'
  /** A loop, a pattern or a spread iterates over it: `for (const x of all(…))`. */
  | 'iterated'
  /** A template makes it a part of a text: `` `${fetch(…)}` ``. */
  | 'text'
  /** `forEach` drops what its callback returns. */
  | 'callback'
  /** A generator that yields data is made and never iterated. */
  | 'generator';

/** The text that replaces what stands from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
