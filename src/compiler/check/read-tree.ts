import type { ParserOptions } from 'oxc-parser';
import { bracketProblem } from '../bracket-problem.js';
import { findOxc } from '../find-oxc.js';
import { parseWithAcorn } from '../parse-with-acorn.js';
import type { Tree } from '../tree.js';

/**
 * The syntax tree of a file in the language of its extension. It accepts more than the compiler does: whether a file is a
 * module need not be known, as nobody runs it, and `await` in a `function*` is one of the mistakes that are looked for. (To
 * acorn, which is used where oxc has no binding for this machine, that mistake is a syntax error.)
 *
 * @throws MissingBindingError for TypeScript if only acorn is available
 */
export function readTree(file: string, text: string, parser?: 'acorn'): Tree {
  const tooDeep = bracketProblem(text);
  if (tooDeep !== null) return { program: null, problem: tooDeep };
  const tree = read(file, text, 'module', parser);
  if (tree.problem === null) return tree;
  const asCommonJs = read(file, text, 'commonjs', parser);
  return asCommonJs.problem === null ? asCommonJs : tree;
}

function read(file: string, text: string, format: 'module' | 'commonjs', parser?: 'acorn'): Tree {
  const oxc = parser === 'acorn' ? null : findOxc();
  if (oxc === null) return parseWithAcorn(text, file, format);
  // JavaScript may contain JSX whatever its extension, as for bundlers. On the first attempt the extension tells whether it
  // is a module.
  const options: ParserOptions = {
    ...(/\.[cm]?js$/.test(file) && { lang: 'jsx' }),
    ...(format === 'commonjs' && { sourceType: format }),
  };
  const { program, errors } = oxc.parseSync(file, text, options);
  const problem = errors.find(({ message }) => !message.startsWith('`await` is only allowed'));
  if (problem === undefined) return { program, problem: null };
  return { program: null, problem: { message: problem.message, start: problem.labels[0]?.start ?? 0 } };
}
