import type { Program } from 'oxc-parser';
import { CompileError } from '../../base/errors.js';
import { MissingBindingError } from '../missing-binding-error.js';
import { isProgram, parse } from '../parse.js';
import { hasModuleStatements } from '../statements.js';

/**
 * Whether text can only be an ECMAScript module, as Node decides it where neither the extension nor a `package.json`
 * does: it imports or exports by statement, or uses `import.meta` or `await` outside of functions.
 */
export function hasModuleSyntax(text: string, file: string): boolean {
  // Most CommonJS has none of these words, and needs no parser.
  const hasStatements = /\b(?:import|export)\b/.test(text);
  const hasExpressions = /\b(?:import\.meta|await)\b/.test(text);
  if (!hasStatements && !hasExpressions) return false;
  try {
    if (hasExpressions && !isProgram(text, { file, format: 'commonjs' }))
      return isProgram(text, { file, format: 'module' });
    const program = hasStatements ? parseModule(text, file) : null;
    return program !== null && hasModuleStatements(program, text);
  } catch (error) {
    // Its types can be removed all the same, which takes no more than a good guess.
    if (error instanceof MissingBindingError) return /^(?:import|export)\b/m.test(text);
    throw error;
  }
}

function parseModule(text: string, file: string): Program | null {
  try {
    return parse(text, { file, format: 'module' });
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}
