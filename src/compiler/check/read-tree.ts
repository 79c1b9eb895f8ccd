import type { ParserOptions } from 'oxc-parser';
import { findOxc } from '../find-oxc.js';
import { parseWithAcorn } from '../parse-with-acorn.js';
import type { Tree } from '../tree.js';

/**
 * The syntax tree of a file whose language its name tells. It reads more than the compiler does: of a file that nobody
 * runs, it need not be known whether it is a module, and `await` in a `function*` is one of the slips that are looked
 * for. (Acorn, where oxc has no binding for the machine, takes that slip for an error of form.)
 *
 * @throws MissingBindingError for TypeScript where only acorn is at hand
 */
export function readTree(file: string, text: string, parser?: 'acorn'): Tree {
  const tree = read(file, text, 'module', parser);
  if (tree.problem === null) return tree;
  const asCommonJs = read(file, text, 'commonjs', parser);
  return asCommonJs.problem === null ? asCommonJs : tree;
}

function read(file: string, text: string, format: 'module' | 'commonjs', parser?: 'acorn'): Tree {
  const oxc = parser === 'acorn' ? null : findOxc();
  if (oxc === null) return parseWithAcorn(text, file, format);
  // JavaScript of any extension may hold JSX, as bundlers take it. The first time the extension tells whether it is a module.
  const options: ParserOptions = {
    ...(/\.[cm]?js$/.test(file) && { lang: 'jsx' }),
    ...(format === 'commonjs' && { sourceType: format }),
  };
  const { program, errors } = oxc.parseSync(file, text, options);
  const problem = errors.find(({ message }) => !message.startsWith('`await` is only allowed'));
  if (problem === undefined) return { program, problem: null };
  return { program: null, problem: { message: problem.message, start: problem.labels[0]?.start ?? 0 } };
}
