/**
 * The loader's door: `node --import heddle/register app.ts` compiles the program's modules as they are loaded.
 *
 * `HEDDLE_COMPILE=package,@scope/package` names packages in `node_modules` that are compiled too; `HEDDLE_COMPILE=0`
 * turns compiling off. `HEDDLE_CACHE` is the directory for compiled code; `HEDDLE_CACHE=0` keeps none.
 */
import * as runtime from './compiled.js';
import { install } from './compiler/loader/install.js';
import { processInfo } from './process-info.js';

const packages = (process.env['HEDDLE_COMPILE'] ?? '').split(',').map((name) => name.trim());

if (packages[0] !== '0') {
  const options = {
    runtime: new URL('./compiled.js', import.meta.url).href,
    own: new URL('.', import.meta.url).href,
    version: processInfo().heddle,
    program: process.argv[1] ?? '',
    packages: packages.filter((name) => name !== ''),
  };
  install(options, runtime);
}
