import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain } from '#src/compiler/explain.js';
import { transform } from '#src/compiler/transform.js';

/** How much of something was compiled. */
export interface Extent {
  files: number;
  functions: number;
  sites: number;
  loops: number;
}

/** Copies a package; of it what `files` matches (all unless given) is compiled, and counted in `extent`. */
export function compilePackage(
  from: string,
  to: string,
  options: { readonly files: RegExp | null; readonly runtime: string; readonly extent: Extent },
): void {
  const { type = 'commonjs' } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { type?: string };
  for (const path of filesBelow(from)) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    if (!/\.[cm]?js$/.test(path) || options.files?.test(path) === false) cpSync(join(from, path), target);
    else writeFileSync(target, compileFile(readFileSync(join(from, path), 'utf8'), { ...options, file: target, type }));
  }
}

/** Without what is never run, and what the package brings along of others. */
function filesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return paths
    .map((path) => path.slice(directory.length + 1))
    .filter((path) => !/(^|\/)(node_modules|src)\/|\.([cm]?ts|map|md|flow)$/.test(path));
}

/** As a loader would; `type` is that of the package, `runtime` the URL of the run-time half. */
export function compileFile(
  source: string,
  options: { readonly file: string; readonly type: string; readonly runtime: string; readonly extent: Extent },
): string {
  const { file, type, runtime, extent } = options;
  const extension = extname(file);
  const declared = extension === '.mjs' || (extension === '.js' && type === 'module') ? 'module' : 'commonjs';
  // Files for bundlers are modules whatever the package says; Node never loads them.
  for (const format of [declared, 'module'] as const) {
    try {
      const specifier = format === 'module' ? runtime : fileURLToPath(runtime);
      const result = transform(source, { file, format, runtime: specifier });
      if (result === null) return source;
      extent.files++;
      for (const { verdict, sites, loops } of explain(source, { file, format })) {
        if (verdict !== 'fiber') continue;
        extent.functions++;
        extent.sites += sites.length;
        extent.loops += loops.length;
      }
      return result.code;
    } catch (error) {
      if (format === 'module') throw error;
    }
  }
  return source;
}
