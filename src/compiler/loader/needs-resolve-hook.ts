import { existsSync } from 'node:fs';
import { sourceName } from './source-name.js';

/** Whether TypeScript names a file by the extension that it will have once it is compiled, even if only in a comment. */
export function needsResolveHook(text: string, url: string): boolean {
  for (const [, name] of text.matchAll(/['"`](\.\.?\/[^'"`\n?#]*\.[cm]?js)\b/g)) {
    const source = sourceName(name!, url);
    if (source !== null && !existsSync(new URL(name!, url)) && existsSync(new URL(source, url))) return true;
  }
  return false;
}
