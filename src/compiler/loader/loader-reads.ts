import { promises, readFileSync } from 'node:fs';
import type { ModuleCompiler } from './module-compiler.js';
import { kindAndStrip } from './module-kind.js';
import { needsResolveHook } from './needs-resolve-hook.js';

/** The part of Node that reads the sources of ECMAScript modules. */
const LOADER = 'node:internal/modules/esm/load';

/**
 * Compiles what Node's own loader of ECMAScript modules reads, on the Nodes where it reads with the public
 * `fs.promises.readFile` (`readsByFs`). On Node 20 that costs nothing, while hooks in a thread, even if they do nothing,
 * take 1.7 times as long to load 200 modules, and 2.7 times where they remove types. Those Nodes will not change any more.
 *
 * Files are read synchronously, as `require` reads them: four trips through the thread pool per file take a fifth of a
 * start.
 *
 * @param resolveElsewhere is called when a module in TypeScript may import what only a resolve hook finds
 */
export function compileWhatLoaderReads(compiler: ModuleCompiler, resolveElsewhere: () => void): void {
  const { readFile } = promises;

  function readFileForLoader(...args: Parameters<typeof readFile>): Promise<string | Buffer> {
    const [url] = args;
    // The loader passes a URL and nothing else; a program that does the same gets its files as they are.
    if (args.length !== 1 || !(url instanceof URL) || callerOf(readFileForLoader) !== LOADER) {
      return readFile.apply(promises, args);
    }
    return readAndCompile(url);
  }

  async function readAndCompile(url: URL): Promise<string | Buffer> {
    const source = readFileSync(url);
    const { href } = url;
    const found = compiler.selects(href) ? kindAndStrip(href) : null;
    if (found === null) return source;
    const { kind, strip } = found;
    const compiled = await compiler.compileLater(href, kind, source, strip);
    if (strip && needsResolveHook(source.toString(), href)) resolveElsewhere();
    // Once it has the text, the loader asks this very object for the extension, and does not know those of TypeScript.
    if (strip) url.pathname += (compiled?.kind ?? kind) === 'commonjs' ? '.cjs' : '.mjs';
    // Node decides from the original text whether an ambiguous file is CommonJS, and then loads it again in the ordinary
    // way.
    return compiled === null || compiled.code === null || compiled.kind === 'commonjs' ? source : compiled.code;
  }

  promises.readFile = readFileForLoader as typeof readFile;
}

/** The file that contains the caller of a running function. */
function callerOf(callee: (...args: never) => unknown): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const at: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(at, callee);
    return at.stack?.[0]?.getFileName() ?? undefined;
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}
