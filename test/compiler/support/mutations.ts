/** Ways to compile wrongly, as changes of correct output: each must be found by the random programs. */
export const MUTATIONS: Readonly<Record<string, (code: string) => string>> = {
  'evaluates an operand twice': (code) => mapOperands(code, (operand) => `(${operand}, ${operand})`),
  'drops the parentheses of an operand': (code) => mapOperands(code, withoutParentheses),
  'delegates no more': (code) => code.replaceAll(/yield\s*\*(?=[^;]*?\$site\()/g, 'yield '),
  'forgets the prologue': (code) => code.replaceAll(/const \$c = \$enter\([^)]*\);/g, ''),
  'forgets the budget': (code) => code.replaceAll(/ let \$b = 0;/g, ''),
  'leaves a loop where it gives way': (code) => code.replaceAll(/yield\* \$preempted;/g, 'break;'),
  'gives way with a value': (code) => code.replaceAll(/yield\* \$preempted;/g, 'yield 0;'),
  'does not enter a loop again that it left': (code) =>
    code.replaceAll(/(?<=while \()(?:\(\$b = \$n\.left\)|\$b) < 0 && .*? = 1\)\)(?=\);)/g, 'false'),
  'does not enter a loop again in which it counted': (code) => code.replaceAll('if ($b >= 0) break;', 'break;'),
  'enters a loop again that has ended': (code) => code.replaceAll('if ($b >= 0) break;', ''),
  'makes a number of what is none': (code) => code.replaceAll(/: \$same\((\w+)\);/g, ': +$1;'),
  'begins an iteration anew where it was left': (code) => code.replaceAll('$n ??= ', '$n = '),
  'forgets at which item it left a loop': (code) => code.replaceAll('$n.leave($i);', '$n.leave($n.at);'),
  'asks arrays alone for items': (code) => code.replaceAll(' || ($i = $n.more()) >= 0', ''),
  'puts the prologue before the directives': (code) =>
    code.replaceAll(/('use strict';?)(\s*const \$c = \$enter\([^)]*\);)/g, '$2 $1'),
};

/** Applies `f` to the operand of each site. */
function mapOperands(code: string, f: (operand: string) => string): string {
  const call = /\$site\(\d+, \$c, /g;
  let result = '';
  let done = 0;
  for (const match of code.matchAll(call)) {
    const start = match.index + match[0].length;
    // Inside of another operand that was changed already.
    if (start < done) continue;
    const end = closing(code, start);
    result += code.slice(done, start) + f(code.slice(start, end));
    done = end;
  }
  return result + code.slice(done);
}

function withoutParentheses(operand: string): string {
  const inner = operand.slice(1);
  return operand.startsWith('(') && closing(inner, 0) === inner.length - 1 ? inner.slice(0, -1) : operand;
}

/** Where the parenthesis closes that was opened before `start`; comments of random programs have some, too. */
function closing(code: string, start: number): number {
  let depth = 0;
  for (const { 0: text, index } of code.slice(start).matchAll(/\/\*.*?\*\/|\/\/.*|[()]/g)) {
    if (text === '(') depth++;
    if (text === ')' && depth-- === 0) return start + index;
  }
  return code.length;
}
