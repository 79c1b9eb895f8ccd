import type { Program } from 'oxc-parser';
import { CompileError } from '../../base/errors.js';
import { MissingBindingError } from '../missing-binding-error.js';
import { parse } from '../parse.js';
import { hasModuleStatements } from '../statements.js';

/**
 * Whether text can only be an ECMAScript module, as Node decides it where neither the extension nor a `package.json`
 * does: it imports or exports by statement, or uses `import.meta`.
 */
export function hasModuleSyntax(text: string, file: string): boolean {
  // Most CommonJS has neither word, and needs no parser.
  if (!/\b(?:import|export)\b/.test(text)) return false;
  try {
    const program = parseAs('module', text, file);
    if (program === null) return false;
    return (
      hasModuleStatements(program, text) || (text.includes('import.meta') && parseAs('commonjs', text, file) === null)
    );
  } catch (error) {
    // Its types can be removed all the same, which takes no more than a good guess.
    if (error instanceof MissingBindingError) return /^(?:import|export)\b/m.test(text);
    throw error;
  }
}

function parseAs(format: 'module' | 'commonjs', text: string, file: string): Program | null {
  try {
    return parse(text, { file, format });
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}
