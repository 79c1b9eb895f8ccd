import type { Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { MissingBindingError } from './missing-binding-error.js';
import { isProgram, parse } from './parse.js';
import { hasModuleStatements } from './statements.js';

/**
 * Whether text can only be an ECMAScript module, by Node's rules where neither the extension nor a `package.json` decides:
 * it has `import` or `export` statements, or uses `import.meta` or a top-level `await`.
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
    // There is no parser, but types can still be removed, for which a good guess will do.
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
