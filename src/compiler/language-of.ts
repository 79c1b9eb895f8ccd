import type { ParserOptions } from 'oxc-parser';

/**
 * The language that a file's name tells. JSX is looked for in all JavaScript: it takes nothing away from that, and
 * bundlers are given it under `.js`.
 */
export function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  const [, language, x] = /\.[cm]?([jt])s(x?)(?:[?#].*)?$/.exec(file) ?? [];
  return language === 't' ? `ts${x as '' | 'x'}` : 'jsx';
}
