import { dirname, basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rspack } from '@rspack/core';
import swc from '@swc/wasm-typescript';
import { build as esbuild } from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup, type Plugin } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';
import * as heddle from 'heddle/plugin';

/** Where a bundle goes, and what the plugin is told. */
export interface Bundling {
  readonly entry: string;
  readonly output: string;
  readonly options?: heddle.PluginOptions;
  /** Whether heddle becomes a part of the bundle. */
  readonly bundleHeddle?: boolean;
}

/** Each builds one ECMAScript module with a source map beside it, without making anything shorter. */
export const bundlers: Readonly<Record<string, (bundling: Bundling) => Promise<void>>> = {
  async esbuild({ entry, output, options, bundleHeddle }) {
    await esbuild({
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      format: 'esm',
      platform: 'node',
      sourcemap: true,
      logLevel: 'error',
      external: bundleHeddle ? [] : ['heddle'],
      plugins: [heddle.esbuild(options)],
    });
  },
  rollup: (bundling) => withRollup(bundling, [heddle.rollup(bundling.options), stripTypes]),
  'rollup, types removed before': (bundling) => withRollup(bundling, [stripTypes, heddle.rollup(bundling.options)]),
  async rolldown({ entry, output, options }) {
    const bundle = await rolldown({ input: entry, external, platform: 'node', plugins: [heddle.rolldown(options)] });
    await bundle.write({ file: output, format: 'esm', sourcemap: true });
  },
  async vite({ entry, output, options }) {
    await vite({
      root: dirname(entry),
      configFile: false,
      logLevel: 'error',
      plugins: [heddle.vite(options)],
      build: {
        outDir: dirname(output),
        emptyOutDir: false,
        minify: false,
        sourcemap: true,
        target: 'es2022',
        lib: { entry, formats: ['es'], fileName: () => basename(output) },
        rollupOptions: { external },
      },
    });
  },
  async webpack({ entry, output, options }) {
    const loader = fileURLToPath(new URL('./strip-types-loader.js', import.meta.url));
    const rules = [{ test: /\.ts$/, loader }];
    const compiler = webpack({
      ...packed(entry, output),
      experiments: { outputModule: true },
      module: { rules },
      plugins: [heddle.webpack(options)],
    });
    await run(compiler as unknown as Compiler);
  },
  async rspack({ entry, output, options }) {
    const swcOptions = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
    const rules = [{ test: /\.ts$/, loader: 'builtin:swc-loader', options: swcOptions }];
    const compiler = rspack({ ...packed(entry, output), module: { rules }, plugins: [heddle.rspack(options)] });
    await run(compiler as unknown as Compiler);
  },
};

const external = /^heddle(?:$|\/)/;

async function withRollup({ entry, output }: Bundling, plugins: Plugin[]): Promise<void> {
  const bundle = await rollup({ input: entry, external, plugins });
  await bundle.write({ file: output, format: 'es', sourcemap: true });
}

const stripTypes: Plugin = {
  name: 'strip-types',
  transform: (code, id) => {
    if (!id.endsWith('.ts')) return null;
    const result = swc.transformSync(code, { mode: 'transform', sourceMap: true, filename: id });
    return { code: result.code, map: result.map! };
  },
};

/** What webpack and Rspack are configured alike with. */
function packed(entry: string, output: string) {
  return {
    mode: 'none' as const,
    context: dirname(entry),
    entry,
    devtool: 'source-map' as const,
    target: 'node20' as const,
    externalsType: 'module' as const,
    externals: external,
    output: {
      path: dirname(output),
      filename: basename(output),
      module: true,
      library: { type: 'module' as const },
      devtoolModuleFilenameTemplate: '[absolute-resource-path]',
    },
  };
}

interface Compiler {
  run(done: (error: Error | null, stats?: { hasErrors(): boolean; toString(): string }) => void): void;
  close(done: () => void): void;
}

function run(compiler: Compiler): Promise<void> {
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close(() => {
        if (error !== null) reject(error);
        else if (stats!.hasErrors()) reject(new Error(stats!.toString()));
        else resolve();
      });
    });
  });
}
