import type { Function as FunctionNode } from 'oxc-parser';

/**
 * A generator function in the source, with the points in it that matter to the compiler. Positions are offsets in the text.
 */
export interface GeneratorFunction {
  /** Declared or inferred; `anonymous` where it has none. */
  readonly name: string;
  readonly node: FunctionNode;
  /** Start of its keyword, or of a method's name. */
  readonly start: number;
  /** Where statements may be inserted: after the directives of its body. */
  readonly bodyStart: number;
  /** Those in its own body, not in functions nested in it, in source order. */
  readonly points: readonly Point[];
  readonly verdict: Verdict;
}

/** How the compiler classifies a generator function; all but fibers are left as they are. */
export type Verdict = 'fiber' | 'data' | 'nothing to do' | 'async' | 'with' | 'eval';

export type Point = Site | Loop;

/** A `yield*`. */
export interface Site {
  readonly kind: 'site';
  readonly start: number;
  readonly operandStart: number;
  readonly operandEnd: number;
  /** The callee, or the operand if that is not a call. */
  readonly calleeStart: number;
  readonly calleeEnd: number;
}

export interface Loop {
  readonly kind: 'loop';
  readonly start: number;
  /** Where its statement begins, labels included. */
  readonly statementStart: number;
  readonly keyword: 'for' | 'while' | 'do' | 'for of' | 'for in';
  /** What is evaluated only once, at the beginning: the iterable of a `for…of`, or the initialiser of a `for`. */
  readonly once: Range | null;
  /**
   * The variable that a `for…of` declares, if it is a single one, and no `continue` names the loop's label. (The compiler
   * declares it again, in a loop inside this one.)
   */
  readonly item: Item | null;
  /** The condition of a `for` or `while`. */
  readonly test: Range | null;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Whether the body has braces. */
  readonly isBlock: boolean;
  /**
   * Whether it can be left between two iterations and entered again where it was, and gains by that: nothing in it can
   * suspend except what is evaluated once.
   */
  readonly isTight: boolean;
  /** Whether only leaving the function ends it: its condition is missing or `true`, and it has no `break`. */
  readonly isEndless: boolean;
  /** Names of the variables to which it assigns what is probably a number. */
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
