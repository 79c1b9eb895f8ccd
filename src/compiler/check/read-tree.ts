import { parseSync, type ParserOptions, type Program } from 'oxc-parser';

/** Why a file is no program. */
export interface SyntaxProblem {
  readonly message: string;
  readonly start: number;
}

export type Tree =
  | { readonly program: Program; readonly problem: null }
  | { readonly program: null; readonly problem: SyntaxProblem };

/**
 * The syntax tree of a file whose language its name tells. It reads more than the compiler does: of a file that nobody
 * runs, it need not be known whether it is a module, and `await` in a `function*` is one of the slips that are looked
 * for.
 */
export function readTree(file: string, text: string): Tree {
  // JavaScript of any extension may hold JSX, as bundlers take it.
  const options: ParserOptions = /\.[cm]?js$/.test(file) ? { lang: 'jsx' } : {};
  const tree = read(file, text, options);
  if (tree.problem === null) return tree;
  const asCommonJs = read(file, text, { ...options, sourceType: 'commonjs' });
  return asCommonJs.problem === null ? asCommonJs : tree;
}

function read(file: string, text: string, options: ParserOptions): Tree {
  const { program, errors } = parseSync(file, text, options);
  const problem = errors.find(({ message }) => !message.startsWith('`await` is only allowed'));
  if (problem === undefined) return { program, problem: null };
  return { program: null, problem: { message: problem.message, start: problem.labels[0]?.start ?? 0 } };
}
