/** How numbers and names are formatted for people: in text, tables and drawings. */

/** `12,345`. By hand, since the first `Intl.NumberFormat` of a process takes 12 ms. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}

/** A duration in ms, with about two significant digits in a suitable unit: `0.09 ms`, `41 ms`, `1.2 s`, `3 min`. */
export function formatMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 0.01) return '<0.01 ms';
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 999.5) return `${significant(ms)} ms`;
  if (ms < 99_500) return `${significant(ms / 1000)} s`;
  if (ms < 99.5 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 47.5 * HOUR) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / (24 * HOUR))} d`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function significant(value: number): string {
  return value < 9.95 ? String(Number(value.toFixed(1))) : String(Math.round(value));
}

/** A share from 0 to 1: `67 %`, `0.4 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${significant(percent)} %`;
}

/** `1 fiber`, `12 fibers`, `3 batches` */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * Makes a name safe to show, and no longer than `longest`. Names come from programs, and so from whoever named a function, a
 * pool or a file: control characters would steer the reader's terminal, invisible ones would deceive, and XML forbids some.
 */
export function printable(name: string, longest: number = 160): string {
  const safe = name.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return safe.length > longest ? `${trimCut(safe.slice(0, longest - 1))}…` : safe;
}

/** Of a text that was cut, what is not the first part of a character or of an escape. */
export function trimCut(text: string): string {
  return text.replace(/(?:[\uD800-\uDBFF]|\\(?:u(?:\{[\da-f]*)?)?)$/u, '');
}

/** Control, format (bidirectional overrides among them), lone surrogates, line and paragraph separators, non-characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;

/** Escapes text and attribute values for XML, HTML and Graphviz's HTML-like labels. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Bytes in a suitable decimal unit: `24 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let step = 0;
  // What would be rounded to 1000 is 1 of the next unit.
  while (value >= 999.5 && step < units.length - 1) {
    value /= 1000;
    step++;
  }
  return `${step === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${units[step]}`;
}
