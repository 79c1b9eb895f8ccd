const STYLES = { strong: '1', faint: '2', alarm: '1;31' };

export type Style = keyof typeof STYLES;

/** Applies a style to a text, if one is given. */
export type Paint = (style: Style | undefined, text: string) => string;

/** With ANSI escape sequences if `color`, else plain. */
export function makePaint(color: boolean): Paint {
  return (style, text) =>
    color && style !== undefined && text !== '' ? `\u001B[${STYLES[style]}m${text}\u001B[0m` : text;
}
