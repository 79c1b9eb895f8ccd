import { Module } from 'node:module';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { ArgumentError } from '../base/errors.js';
import { hasMain, main } from '../main.js';
import { ownCommand } from './own-command.js';
import { statsOf } from './stats-of.js';

export interface RunFileOptions {
  /** Whether its modules are compiled as they are loaded, as by `heddle/register`; true unless given. */
  readonly compile?: boolean;
}

/**
 * Runs a program in this process, as `node file args…` would. If its default export is a `function*`, and it has not
 * called `main` itself, that function becomes its `main`.
 */
export async function runFile(file: string, args: readonly string[], options: RunFileOptions = {}): Promise<void> {
  const path = resolve(file);
  if (!statsOf(path)?.isFile()) throw new ArgumentError(`There is no file \`${file}\` to run`);
  // Its fibers run in the copy of heddle that it imports, and `main` and the compiler have to be of that one.
  const other = ownCommand(path);
  if (other !== null) {
    // That copy reads the same command line.
    await import(other);
    return;
  }
  process.argv.splice(1, process.argv.length, path, ...args);
  if (options.compile !== false) {
    // After the arguments are set, from which it learns which file is the program; before the program, which it
    // compiles.
    await import('../register.js');
    // `fork` and `cluster` pass these on, so that child processes of the program are compiled too.
    process.execArgv.push('--import', new URL('../register.js', import.meta.url).href);
  }
  runMain(path);
  // With other loaders installed Node begins to load the program a little later, and if it was imported before that it
  // would not be the main module.
  await setImmediate();
  // It is loaded already; if that failed, Node reports it.
  const program = await import(pathToFileURL(path).href).catch(() => null);
  const entry = defaultExport(program);
  if (types.isGeneratorFunction(entry) && !hasMain()) await main(entry as Parameters<typeof main>[0]);
}

/** Also of CommonJS that was compiled from a module, as TypeScript does. */
function defaultExport(program: { readonly default?: ModuleExports } | null): unknown {
  const exported = program?.default;
  return exported?.__esModule ? exported.default : exported;
}

/** The default export, or what CommonJS exports. */
interface ModuleExports {
  readonly __esModule?: unknown;
  readonly default?: unknown;
}

/** How Node itself starts a program: this way `require.main` and `import.meta.main` tell a module that it is the program. */
const { runMain } = Module as unknown as { runMain(path: string): void };
