import { trimCut } from './format.js';

/** How many columns of a terminal a text takes. Approximate for emoji that consist of several characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** As much of the beginning of a text as fits, with an ellipsis if that is not all. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let room = width - 1;
  let end = 0;
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    end += character.length;
  }
  return `${trimCut(text.slice(0, end))}…`;
}

function widthOf(character: string): number {
  if (character < FIRST_MARK) return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const FIRST_MARK = '\u0300';
/** Marks that are drawn upon the character before them. */
const MARK = /[\p{Mn}\p{Me}]/u;
/** Emoji, except letters that are flags in pairs, and the wide characters of East Asian scripts (Unicode, annex 11). */
const WIDE =
  /(?!\p{RI})\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u;
