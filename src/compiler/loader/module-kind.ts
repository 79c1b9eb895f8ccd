import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onlyRemovesTypes, removesTypes } from './node-abilities.js';
import { isTypeScript } from './source-name.js';

/** Whether a module's code is an ECMAScript module or CommonJS; null when only its syntax tells. */
export type ModuleKind = 'module' | 'commonjs' | null;

/**
 * The kind of code in a format, as Node's loaders name it.
 *
 * @returns undefined for formats other than JavaScript and TypeScript (`json`, `wasm`, `builtin`)
 */
export function kindOfFormat(format: string | null | undefined): ModuleKind | undefined {
  switch (format) {
    case 'module':
    case 'module-typescript':
      return 'module';
    case 'commonjs':
    case 'commonjs-typescript':
      return 'commonjs';
    case 'typescript':
    case null:
    case undefined:
      return null;
    default:
      return undefined;
  }
}

const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, unknown> };

/**
 * The kind of a TypeScript module, if its types are for us to remove: where Node does not (before 22.18, or told not to),
 * and no other tool has taken over the extension.
 *
 * @returns undefined if there is nothing for us to remove
 */
export function kindToStrip(url: string): ModuleKind | undefined {
  if (removesTypes || !isTypeScript(url)) return undefined;
  const path = fileURLToPath(url);
  return extname(path) in extensions ? undefined : kindOfFile(path);
}

/**
 * The kind of a file, and whether it loses its types when it is compiled. Goes by the file alone, and agrees with the load
 * hook, which goes by what Node says of it.
 *
 * @returns null if it is neither JavaScript nor TypeScript
 */
export function kindAndStrip(url: string): { readonly kind: ModuleKind; readonly strip: boolean } | null {
  const toStrip = kindToStrip(url);
  if (toStrip !== undefined) return { kind: toStrip, strip: true };
  const kind = kindOfFile(fileURLToPath(url));
  if (kind === undefined) return null;
  return { kind, strip: onlyRemovesTypes && kind === 'module' && isTypeScript(url) };
}

/** Undefined if it is neither JavaScript nor TypeScript. */
function kindOfFile(path: string): ModuleKind | undefined {
  switch (extname(path)) {
    case '.mjs':
    case '.mts':
      return 'module';
    case '.cjs':
    case '.cts':
      return 'commonjs';
    case '.js':
    case '.ts':
    case '':
      return kindOfPackage(path);
    default:
      return undefined;
  }
}

const known = new Map<string, ModuleKind>();

/** The kind of a file according to its nearest `package.json`. */
function kindOfPackage(file: string): ModuleKind {
  const directory = dirname(file);
  let kind = known.get(directory);
  if (kind === undefined) {
    kind = typeIn(directory);
    if (kind === undefined) kind = directory === dirname(directory) ? null : kindOfPackage(directory);
    known.set(directory, kind);
  }
  return kind;
}

/** Null if the `package.json` in this directory does not say; undefined if there is none that can be read. */
function typeIn(directory: string): ModuleKind | undefined {
  try {
    const { type } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { type?: unknown };
    return type === 'module' || type === 'commonjs' ? type : null;
  } catch {
    return undefined;
  }
}
