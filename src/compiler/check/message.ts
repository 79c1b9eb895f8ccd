import type { Expression } from 'oxc-parser';
import { shortText } from '../short-text.js';
import type { FindingKind } from './finding.js';
import { endOf, startOf, unwrap } from '../syntax.js';

/** Where an operation is made: only in a generator can `yield*` be put before it. */
export type Where = 'generator' | 'function' | 'top';

/** What is wrong with an operation, in one sentence that ends with the remedy if there is one. */
export function messageOf(kind: FindingKind, node: Expression, source: string, where: Where): string {
  const made = madeBy(node, source);
  const written = `write \`yield* ${made}\``;
  switch (kind) {
    case 'dropped':
      return `\`${made}\` makes an operation that nobody runs: ${written}${elsewhere(where, made)}`;
    case 'unused':
      return `\`${made}\` makes an operation that nobody runs, since the variable is never read: ${written}${elsewhere(where, made)}`;
    case 'tested':
      return `\`${made}\` makes an operation, which is always true as a condition: ${written}${elsewhere(where, made)}`;
    case 'member':
      return isMade(node)
        ? `\`${made}\` makes an operation, and this is asked of its result: write \`(yield* ${made})\`${elsewhere(where, made)}`
        : `\`${made}\` is an operation, and this is asked of its result: write \`yield*\` before what makes it`;
    case 'returned':
      return `\`${made}\` makes an operation that is returned instead of its result: write \`return yield* ${made}\``;
    case 'yielded':
      return `\`yield\` does not run the operation \`${made}\`: ${written}`;
    case 'awaited':
      return `\`await\` does not run the operation \`${made}\`: ${written}${elsewhere(where, made)}`;
    case 'iterated':
      return `\`${made}\` makes an operation, and this goes through its result: ${written}${elsewhere(where, made)}`;
    case 'text':
      return `\`${made}\` makes an operation, which says nothing as a text: ${written}${elsewhere(where, made)}`;
    case 'callback':
      return `\`forEach\` drops the operations that this function makes: write a \`for…of\` loop with \`yield*\``;
    case 'generator':
      return `\`${made}\` makes a generator that nobody iterates, so its code never runs`;
  }
}

/** What else has to be done where `yield*` is not allowed. */
function elsewhere(where: Where, made: string): string {
  switch (where) {
    case 'generator':
      return '';
    case 'function':
      return ' and make the function around it a `function*`';
    case 'top':
      return ` in a \`function*\`, or start a fiber with \`run(() => ${made})\``;
  }
}

function isMade(node: Expression): boolean {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

/** `sleep(…)` for a call, and the whole text of anything else, on one line and not too long. */
function madeBy(whole: Expression, source: string): string {
  const expression = unwrap(whole);
  const isCall = expression.type === 'CallExpression';
  const node = isCall ? expression.callee : expression;
  const text = shortText(source.slice(startOf(node), endOf(node)));
  return isCall ? `${text}(${expression.arguments.length === 0 ? '' : '…'})` : text;
}
