import { transform, type TransformOptions } from '#src/compiler/transform.js';

/**
 * What the compiler makes of a text, short enough to be read beside it: without header and trailer, with `ENTER0` for
 * the prologue of a function (`ENTER0+` if it has loops), `PAUSE1;` for the check in a loop, `SITE2(` for the call
 * around an operand, `DO`, `EACH(…)` or `INDEXED(…)` and `AGAIN3;` for what is around a loop that is left to give way, and
 * `ITEMS(x)`, `ITEM` and `LEAVE;` for what goes through the items in it; `ENTER` with its id, the others with their number in
 * the function.
 */
export function compiledText(source: string, options: Partial<TransformOptions> = {}): string {
  const { code } = transform(source, { file: 'file.js', format: 'module', ...options })!;
  return code
    .replace(HEADER, '')
    .replace(TRAILER, '')
    .replaceAll(ENTER, (_, id: string | undefined, budget) => `ENTER${id ?? 0}${budget === undefined ? '' : '+'}`)
    .replaceAll('let $n; do', 'DO')
    .replaceAll('$n ??= $each(', 'EACH(')
    .replaceAll('$n ??= $indexed(', 'INDEXED(')
    .replaceAll(ITEMS, 'ITEMS($1)')
    .replaceAll('$w[$i]', 'ITEM')
    .replaceAll('if ($b < 0) $n.leave($i); break;', 'LEAVE;')
    .replaceAll(', $b, $b = 0)', ')')
    .replaceAll(AGAIN, 'AGAIN$2;')
    .replaceAll(PAUSE, 'PAUSE$1;')
    .replaceAll(SITE, 'SITE$1(');
}

const HEADER =
  /(?:import \{[^}]*\} from "heddle\/compiled"|const \{[^}]*\} = require\("heddle\/compiled"\)); var \$m = \$module\(\d+, \$places\); ?/;
const TRAILER = /\n?function \$places\(\) \{ return \[.*\]; \}\n/;
const ENTER = /const \$c = \$enter\(\$m(?: \+ (\d+))?\);( let \$b = 0;)?/g;
const PAUSE = /if \(--\$b < 0 && \(\$b = \$pause\((\d+), \$c\)\) < 0\) yield\* \$preempted;/g;
const AGAIN =
  /while \((?:\(\$b = \$n\.left\)|\$b) < 0 && \(\((\$b|\$n\.left) = \$pause\((\d+), \$c\)\) >= 0 \|\| \(yield\* \$n\.turn\(\$preempted\), \1 = 1\)\)\);/g;
const ITEMS =
  /const \$w = (\w+); let \$i = \$n\.at; for \(; \$b-- > 0 && \(\$i \+ 1 <= \+\$w\.length \|\| \(\$i = \$n\.more\(\)\) >= 0\); \$i\+\+\)/g;
const SITE = /\$site\((\d+), \$c, /g;
