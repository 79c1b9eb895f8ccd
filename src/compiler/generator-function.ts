import type { Function as FunctionNode } from 'oxc-parser';

/** A generator function as it stands in the source, with what in it is of interest. Offsets are into the text. */
export interface GeneratorFunction {
  /** Declared or inferred; `anonymous` where it has none. */
  readonly name: string;
  readonly node: FunctionNode;
  /** Of the keyword, or of a method's name. */
  readonly start: number;
  /** Where statements may be put in: after the directives of its body. */
  readonly bodyStart: number;
  /** What is in its own body, not in that of functions inside of it, in the order of the source. */
  readonly points: readonly Point[];
  readonly verdict: Verdict;
}

/** What a generator function is to the compiler; all but fibers are left as they are. */
export type Verdict = 'fiber' | 'data' | 'nothing to do' | 'async' | 'with' | 'eval';

export type Point = Site | Loop;

/** A `yield*`. */
export interface Site {
  readonly kind: 'site';
  readonly start: number;
  readonly operandStart: number;
  readonly operandEnd: number;
  /** What is called, or the operand if it is no call. */
  readonly calleeStart: number;
  readonly calleeEnd: number;
}

export interface Loop {
  readonly kind: 'loop';
  readonly start: number;
  /** Where its statement begins: with a label, if it has one. */
  readonly statementStart: number;
  readonly keyword: 'for' | 'while' | 'do' | 'for of' | 'for in';
  /** What is evaluated once, when it begins: what a `for…of` iterates, or the declarations of a `for`. */
  readonly once: Range | null;
  /**
   * What a `for…of` declares, if that is one name, and nothing goes on with the loop by its label: `const x`, which
   * declares it once more in a loop inside of this one.
   */
  readonly item: Item | null;
  /** The condition of a `for` or `while`. */
  readonly test: Range | null;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Whether the body has braces. */
  readonly isBlock: boolean;
  /**
   * Whether it can be left between two iterations and be entered again where it was, and gains by that: nothing in it
   * can suspend but what is evaluated once.
   */
  readonly isTight: boolean;
  /** Whether it ends only where its function does: it has no condition, or `true`, and no `break`. */
  readonly isEndless: boolean;
  /** Names of what it assigns, if that is likely to be a number. */
  readonly computed: ReadonlySet<string>;
}

export interface Item {
  readonly kind: 'const' | 'let';
  readonly name: string;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}
