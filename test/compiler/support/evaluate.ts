import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';

export type Format = 'module' | 'commonjs';

/** How modules of a program are loaded: what they export. */
export interface Evaluator {
  (
    code: string,
    format: Format,
    imports?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Removes its files. */
  close(): void;
}

const nodeRequire = createRequire(import.meta.url);

/**
 * Modules are files, since only a file can import others, and itself (`./self.mjs`); CommonJS is what Node makes of it,
 * a function, with `imports` for what `require` returns.
 */
export function makeEvaluator(): Evaluator {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-corpus-'));
  let count = 0;
  const evaluate: Evaluator = async (code, format, imports = {}) => {
    const name = `case-${++count}.${format === 'module' ? 'mjs' : 'cjs'}`;
    const file = join(directory, name);
    if (format === 'module') {
      writeFileSync(file, code.replaceAll('./self.mjs', `./${name}`));
      return import(pathToFileURL(file).href);
    }
    const require = (specifier: string): unknown => imports[specifier] ?? nodeRequire(specifier);
    const module = { exports: {}, require };
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const body = compileFunction(code, parameters, { filename: file });
    body.call(module.exports, module.exports, require, module, file, directory);
    return module.exports;
  };
  evaluate.close = () => rmSync(directory, { recursive: true, force: true });
  return evaluate;
}
