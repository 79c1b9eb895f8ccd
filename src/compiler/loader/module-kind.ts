import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removesTypes } from './node-abilities.js';

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

const TYPESCRIPT = /^[^?#]*\.([cm]?)ts(?:[?#]|$)/;
const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, unknown> };

/**
 * The kind of a TypeScript module, if its types are for us to remove: where Node does not (before 22.18, or told not to),
 * and no other tool has taken over the extension.
 *
 * @returns undefined if there is nothing for us to remove
 */
export function kindToStrip(url: string): ModuleKind | undefined {
  const match = removesTypes ? null : TYPESCRIPT.exec(url);
  if (match === null || `.${match[1]}ts` in extensions) return undefined;
  return match[1] === 'm' ? 'module' : match[1] === 'c' ? 'commonjs' : kindOfPackage(fileURLToPath(url));
}

const known = new Map<string, ModuleKind>();

/** The kind of a file according to its nearest `package.json`. */
export function kindOfPackage(file: string): ModuleKind {
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
