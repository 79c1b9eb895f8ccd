import type { Node, Program } from 'oxc-parser';
import { forEachChild, requiredModule } from './syntax.js';

/** The module that compiled code imports; code compiled by the loader imports a URL instead. */
export const RUNTIME = 'heddle/compiled';

/**
 * Whether a program is already the compiler's output, such as a bundle that is now being loaded: it imports the run-time
 * half, or requires it somewhere.
 */
export function isCompiled(program: Program, text: string): boolean {
  // The usual case.
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
