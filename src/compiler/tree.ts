import type { Program } from 'oxc-parser';

/** The syntax tree of a text, or why it has none. */
export type Tree =
  | { readonly program: Program; readonly problem: null }
  | { readonly program: null; readonly problem: SyntaxProblem };

/** Why a text could not be parsed. */
export interface SyntaxProblem {
  readonly message: string;
  /** Where, in UTF-16 units from the beginning of the text. */
  readonly start: number;
}
