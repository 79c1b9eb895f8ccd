import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createUnplugin, type UnpluginInstance } from 'unplugin';
import { inDeepThread } from './deep-thread.js';
import { makeSelection } from './loader/selection.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { incomingMap } from './incoming-map.js';

/*
 * The door `heddle/plugin`: the compiler for programs that a bundler builds. Each of its functions takes `PluginOptions`
 * and returns what one bundler takes as a plugin.
 */

/** A path (`src/**`), relative to the working directory, or a pattern of whole ids. */
export type Pattern = string | RegExp;

export interface PluginOptions {
  /** The modules to compile, of those in JavaScript and TypeScript; all unless given. */
  readonly include?: Pattern | Pattern[];
  /** Modules to leave as they are. */
  readonly exclude?: Pattern | Pattern[];
  /** Packages in `node_modules` to compile too, by name; none unless given. */
  readonly packages?: readonly string[];
}

/** JavaScript and TypeScript, also as a part of another file (`App.vue?…&lang.ts`). */
const SOURCES = /\.[cm]?[jt]sx?(?:$|\?)/;

/** heddle's own modules, which are bundled with the program unless it leaves them external. */
const OWN = new URL('..', import.meta.url).href;

/*
 * It comes first (`enforce: 'pre'`), so that sites are named as they were written. Where other plugins come before it
 * all the same (Rollup calls them in the order of its list) it takes what they made, types removed or not.
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
        // Before anything is parsed.
        if (!mayHaveGenerators(code)) return null;
        // Relative, so that the bundle is the same wherever it is built.
        const shown = relative('', SOURCES.test(path) ? path : id).replaceAll('\\', '/');
        try {
          const result = await inDeepThread('transform', code, shown, incomingMap(this, path, code));
          if (result === null) return null;
          // Places lead to the text that was written. The map leads to the text that was given, under the path by which the
          // bundler knows it: bundlers compose maps themselves.
          const { mappings, names } = result.ownMap;
          return { code: result.code, map: { version: 3, mappings, names, sources: [path], sourcesContent: [code] } };
        } catch (error) {
          const { code: why, message } = error as NodeJS.ErrnoException;
          if (why === 'ERR_HEDDLE_MISSING_BINDING') this.warn(`heddle left ${path} alone: ${message}`);
          // Of what is no program the bundler complains itself.
          else if (why !== 'ERR_HEDDLE_COMPILE') throw error;
          return null;
        }
      },
    },
    // The loader that esbuild would have taken, whatever its options say of the extension.
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

/** For Rollup. What makes heddle external has to name `heddle/compiled` too: `external: /^heddle/`. */
export const rollup: typeof plugin.rollup = plugin.rollup;

/** For Rolldown. */
export const rolldown: typeof plugin.rolldown = plugin.rolldown;

/** For esbuild. */
export const esbuild: typeof plugin.esbuild = plugin.esbuild;

/** For webpack 5. */
export const webpack: typeof plugin.webpack = plugin.webpack;

/** For Rspack. */
export const rspack: typeof plugin.rspack = plugin.rspack;
