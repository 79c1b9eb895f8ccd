import { CompileError } from '../../base/errors.js';
import { parse } from '../parse.js';

/**
 * Whether text can only be an ECMAScript module, as Node decides it where neither the extension nor a `package.json`
 * does: it imports or exports by statement, or uses `import.meta`.
 */
export function hasModuleSyntax(text: string, file: string): boolean {
  // Most CommonJS has neither word, and needs no parser.
  if (!/\b(?:import|export)\b/.test(text)) return false;
  const program = parseAs('module', text, file);
  if (program === null) return false;
  if (program.body.some(({ type }) => MODULE_ONLY.test(type))) return true;
  return text.includes('import.meta') && parseAs('commonjs', text, file) === null;
}

const MODULE_ONLY = /^(?:Import|Export(?:All|Default|Named))Declaration$/;

function parseAs(format: 'module' | 'commonjs', text: string, file: string): ReturnType<typeof parse> | null {
  try {
    return parse(text, { file, format });
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}
