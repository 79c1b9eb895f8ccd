import type { LineTable, Position } from '../line-table.js';

/**
 * The lines around a place, with the place underlined:
 *
 *       11 |   const timer = 10;
 *     > 12 |   sleep(timer);
 *          |   ^^^^^^^^^^^^
 *       13 | }
 */
export function codeFrame(lines: LineTable, from: Position, to: Position): string {
  const first = Math.max(1, from.line - 1);
  const last = Math.min(lines.count, from.line + 1);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = lines.line(number);
    // The empty line after the last line break is no line of its own.
    if (number > from.line && number === lines.count && text === '') break;
    const marked = number === from.line;
    frame.push(`${marked ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (!marked) continue;
    // Tabs stay tabs, so that the marks stand under what they mark.
    const indent = text.slice(0, from.column - 1).replaceAll(/[^\t]/g, ' ');
    const end = to.line === from.line ? to.column : text.length + 1;
    frame.push(`  ${' '.repeat(width)} | ${indent}${'^'.repeat(Math.max(1, end - from.column))}`);
  }
  return frame.join('\n');
}
