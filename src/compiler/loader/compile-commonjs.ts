import { Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { ModuleCompiler } from './module-compiler.js';
import { kindOfFormat, kindToStrip } from './module-kind.js';

/** Node's method, which it leaves open for such use; `format` is given where the file's extension or package decides it. */
type Compile = (this: Module, content: string, filename: string, format?: string) => unknown;

/**
 * Compiles CommonJS that bypasses the load hook: all of it where Node has no hook that sees it (20), and elsewhere what
 * tools load in their own way (tsx).
 *
 * @param onTypeScript is called with the text and the URL of each module whose types are for us to remove
 */
export function compileCommonJs(compiler: ModuleCompiler, onTypeScript?: (text: string, url: string) => void): void {
  const prototype = Module.prototype as unknown as { _compile: Compile };
  const compile = prototype._compile;
  prototype._compile = function (content, filename, format, ...rest: []) {
    const url = pathToFileURL(filename).href;
    if (!compiler.selects(url)) return compile.call(this, content, filename, format, ...rest);
    const strip = format === undefined ? kindToStrip(url) : undefined;
    if (strip !== undefined) onTypeScript?.(content, url);
    const kind = strip === undefined ? (kindOfFormat(format) ?? null) : strip;
    const compiled = compiler.compile(url, kind, content, strip !== undefined);
    const known = strip === undefined ? format : compiled?.kind;
    return compile.call(this, compiled?.code ?? content, filename, known, ...rest);
  };
}
