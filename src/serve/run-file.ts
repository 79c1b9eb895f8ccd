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
 * Runs a program as `node file args…` would, in this process, whose command line asks for that. If it exports a
 * `function*` by default, and has not called `main` itself, that is its `main`.
 */
export async function runFile(file: string, args: readonly string[], options: RunFileOptions = {}): Promise<void> {
  const path = resolve(file);
  if (!statsOf(path)?.isFile()) throw new ArgumentError(`There is no file \`${file}\` to run`);
  // Its fibers run in the copy of heddle that it imports, and `main` and the compiler have to be of that one.
  const other = ownCommand(path);
  if (other !== null) {
    // It reads the same command line.
    await import(other);
    return;
  }
  process.argv.splice(1, process.argv.length, path, ...args);
  if (options.compile !== false) {
    // After the arguments, by which it knows the program; before the program, which it compiles.
    await import('../register.js');
    // By these `fork` and `cluster` start the program's children, which are its modules too.
    process.execArgv.push('--import', new URL('../register.js', import.meta.url).href);
  }
  runMain(path);
  // Beside loaders of others Node begins with it a little later, and what was imported before that is no main module.
  await setImmediate();
  // It is there already, or Node tells that it failed.
  const program = await import(pathToFileURL(path).href).catch(() => null);
  if (types.isGeneratorFunction(program?.default) && !hasMain()) await main(program.default);
}

/** How Node itself starts a program: what it runs knows by `require.main` and `import.meta.main` that it is the program. */
const { runMain } = Module as unknown as { runMain(path: string): void };
