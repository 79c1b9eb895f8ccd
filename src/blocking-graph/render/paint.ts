const STYLES = { strong: '1', faint: '2', alarm: '1;31' };

export type Style = keyof typeof STYLES;

/** Gives a text a style, where there is one. */
export type Paint = (style: Style | undefined, text: string) => string;

/** With ANSI escape sequences, or without any. */
export function makePaint(color: boolean): Paint {
  return (style, text) =>
    color && style !== undefined && text !== '' ? `\u001B[${STYLES[style]}m${text}\u001B[0m` : text;
}
