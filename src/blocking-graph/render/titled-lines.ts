import type { Paint } from './paint.js';

/** A title and facts, wrapped to `width` and indented below the title. */
export function titledLines(title: string, facts: readonly string[], width: number, paint: Paint): string[] {
  return wrap(facts.join(' · '), width - TITLE).map(
    (part, index) => paint('strong', (index === 0 ? title : '').padEnd(TITLE)) + part,
  );
}

const TITLE = 'blocking graph  '.length;

/** Breaks at spaces. A word longer than a line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
