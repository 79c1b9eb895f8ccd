import { createRequire } from 'node:module';

type Stripper = typeof import('@swc/wasm-typescript');

const require = createRequire(import.meta.url);

/** What the stripper throws, which is not an `Error`. */
interface Refusal {
  readonly code: 'UnsupportedSyntax' | 'InvalidSyntax';
  readonly message: string;
  readonly snippet: string;
  readonly startLine: number;
}

/**
 * Removes types from TypeScript by replacing them with blanks, so that all that is left stays where it was. Uses the
 * library that Node itself uses for that.
 *
 * 10 KB take 0.4 to 1 ms. oxc parses them in 1 ms and takes another for its tree, so to blank out types by that tree would
 * take longer. Native tools that print what is left (oxc-transform, esbuild) move it.
 *
 * @param file for the error
 * @throws SyntaxError with Node's codes, if it is not TypeScript, has syntax that does not vanish with its types (`enum`), or is
 * nested some hundred levels deep
 */
export function stripTypes(text: string, file: string): string {
  // Loaded only when it is needed: it is 4 MB, and takes as long to load as 50 modules do to compile.
  const { transformSync } = require('@swc/wasm-typescript') as Stripper;
  try {
    return transformSync(text, { mode: 'strip-only', filename: file, deprecatedTsModuleAsError: true }).code;
  } catch (thrown) {
    if (thrown instanceof Error) {
      // It ran out of its stack, whose pointer stays where it was: the next text needs a stripper that has not run yet.
      delete require.cache[require.resolve('@swc/wasm-typescript')];
      const message = `${file} is nested too deeply for its types to be removed (${thrown.message})`;
      throw Object.assign(new SyntaxError(message, { cause: thrown }), { code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' });
    }
    const { code, message, snippet, startLine } = thrown as Refusal;
    const error = new SyntaxError(message, { cause: thrown });
    error.stack = `${file}:${startLine}\n${snippet}\n${error.stack}`;
    throw Object.assign(error, {
      code: `ERR_${code === 'InvalidSyntax' ? 'INVALID' : 'UNSUPPORTED'}_TYPESCRIPT_SYNTAX`,
    });
  }
}
