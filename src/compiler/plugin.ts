import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createUnplugin, type UnpluginInstance } from 'unplugin';
import { inDeepThread } from './deep-thread.js';
import { makeSelection } from './selection.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { incomingMap } from './incoming-map.js';

/*
 * The door `heddle/plugin`: the compiler for programs that a bundler builds. Each of its functions takes `PluginOptions`
 * and returns a plugin for one bundler.
 */

/** A glob of paths (`src/**`), relative to the working directory, or a regular expression for whole module ids. */
export type Pattern = string | RegExp;

export interface PluginOptions {
  /** The JavaScript and TypeScript modules to compile; all unless given. */
  readonly include?: Pattern | Pattern[];
  /** Modules to leave as they are. */
  readonly exclude?: Pattern | Pattern[];
  /** Names of packages in `node_modules` to compile too; none unless given. */
  readonly packages?: readonly string[];
}

/** JavaScript and TypeScript, also as a part of another file (`App.vue?…&lang.ts`). */
const SOURCES = /\.[cm]?[jt]sx?(?:$|\?)/;

/** URL of heddle's own modules. They are bundled with the program unless it keeps them external, and are not compiled. */
const OWN = new URL('..', import.meta.url).href;

/*
 * It runs first (`enforce: 'pre'`), so that sites are named as they were written. Where other plugins run before it all the
 * same (Rollup goes by the order of its list) it takes their output, with types removed or not.
 */
const plugin: UnpluginInstance<PluginOptions | undefined, false> = createUnplugin((options = {}) => {
  const selects = makeSelection(OWN, options.packages ?? []);
  return {
    name: 'heddle',
    enforce: 'pre',
    transform: {
      filter: { id: { include: options.include ?? SOURCES, exclude: options.exclude } },
      async handler(code, id) {
        const path = id.replace(/\?.*$/, '');
        if (id.startsWith('\0') || !SOURCES.test(id) || !selects(pathToFileURL(path).href)) return null;
        // Spares most modules the trip to the thread.
        if (!mayHaveGenerators(code)) return null;
        // Relative, so that the bundle is the same wherever it is built.
        const shown = relative('', SOURCES.test(path) ? path : id).replaceAll('\\', '/');
        try {
          const result = await inDeepThread('transform', code, shown, incomingMap(this, path, code));
          if (result === null) return null;
          // Places refer to the original text. The map leads only to the text that came in, under the path by which the
          // bundler knows it: bundlers compose maps themselves.
          const { mappings, names } = result.ownMap;
          return { code: result.code, map: { version: 3, mappings, names, sources: [path], sourcesContent: [code] } };
        } catch (error) {
          const { code: why, message } = error as NodeJS.ErrnoException;
          if (why === 'ERR_HEDDLE_MISSING_BINDING') this.warn(`heddle left ${path} alone: ${message}`);
          // The bundler reports syntax errors itself.
          else if (why !== 'ERR_HEDDLE_COMPILE') throw error;
          return null;
        }
      },
    },
    // `default` is the loader that esbuild's own options choose for the extension.
    esbuild: { onLoadFilter: SOURCES, loader: 'default' },
  };
});

/**
 * For Vite, in development and in builds.
 *
 * @example
 * // vite.config.ts
 * import * as heddle from 'heddle/plugin';
 * export default { plugins: [heddle.vite()] };
 */
export const vite: typeof plugin.vite = plugin.vite;

/** For Rollup. If heddle is external, `heddle/compiled` has to be too: `external: /^heddle/`. */
export const rollup: typeof plugin.rollup = plugin.rollup;

/** For Rolldown. */
export const rolldown: typeof plugin.rolldown = plugin.rolldown;

/** For esbuild. */
export const esbuild: typeof plugin.esbuild = plugin.esbuild;

/** For webpack 5. */
export const webpack: typeof plugin.webpack = plugin.webpack;

/** For Rspack. */
export const rspack: typeof plugin.rspack = plugin.rspack;
