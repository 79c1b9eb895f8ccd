import type { Node, Program } from 'oxc-parser';
import { forEachChild, requiredModule } from './syntax.js';

/** What compiled code imports, unless the loader made it. */
export const RUNTIME = 'heddle/compiled';

/**
 * Whether a program is the compiler's own output, met again: it was bundled and is then loaded. It imports the run-time
 * half, or requires it somewhere.
 */
export function isCompiled(program: Program, text: string): boolean {
  // Nearly always that is all.
  if (!text.includes(RUNTIME)) return false;
  const nodes: Node[] = [program];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (importedBy(node) === RUNTIME) return true;
    forEachChild(node, (child) => void nodes.push(child));
  }
  return false;
}

function importedBy(node: Node): string | null {
  if (node.type === 'ImportDeclaration') return node.source.value;
  return node.type === 'CallExpression' ? requiredModule(node) : null;
}
