import type { ParserOptions } from 'oxc-parser';

/**
 * The language of a file, by its extension. All JavaScript is parsed with JSX: it takes nothing away from the language, and
 * bundlers accept it in `.js`.
 */
export function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  const [, language, x] = /^.*\.[cm]?([jt])s(x?)(?:[?#].*)?$/s.exec(file) ?? [];
  return language === 't' ? `ts${x as '' | 'x'}` : 'jsx';
}
