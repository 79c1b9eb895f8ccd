import type { Paint } from './paint.js';
import { textWidth } from './text-width.js';

/** A title and facts, wrapped to `width` and indented below the title: beside it where there is room for that. */
export function titledLines(title: string, facts: readonly string[], width: number, paint: Paint): string[] {
  if (width < 2 * TITLE)
    return [paint('strong', title), ...wrap(facts.join(' · '), width - INDENT.length).map((part) => INDENT + part)];
  return wrap(facts.join(' · '), width - TITLE).map(
    (part, index) => paint('strong', (index === 0 ? title : '').padEnd(TITLE)) + part,
  );
}

const TITLE = 'blocking graph  '.length;
const INDENT = '  ';

/** Breaks at spaces. A word longer than a line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let taken = 0;
  for (const word of text.split(' ')) {
    const size = textWidth(word);
    if (lines.length > 0 && taken + 1 + size <= width) {
      lines[lines.length - 1] += ` ${word}`;
      taken += 1 + size;
    } else {
      lines.push(word);
      taken = size;
    }
  }
  return lines;
}
