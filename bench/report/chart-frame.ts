import type { Figure } from './figure.js';
import { faint, ink, paper } from './palette.js';

/** No name with spaces: the library does not escape the quotes in its attributes. */
const font = 'system-ui, -apple-system, Roboto, sans-serif';

/** Pixels that the title takes at the top, and the caption at the bottom. */
export const titleHeight = 76;
const captionLine = 15;
const captionWidth = 135;

/** How high the caption of a figure is, with a margin. */
export function captionHeight(figure: Figure): number {
  return wrap(captionOf(figure), captionWidth).length * captionLine + 16;
}

/** What all charts have: the title and one sentence at the top, where the figures come from at the bottom. */
export function frame(figure: Figure): object {
  const { metric } = figure;
  const better = metric.better === undefined ? '' : `, ${metric.better} is better`;
  return {
    backgroundColor: paper,
    textStyle: { fontFamily: font, color: ink },
    title: [
      {
        text: `${figure.title}: ${metric.name}${better}`,
        subtext: wrap(figure.operation, 125).slice(0, 2).join('\n'),
        left: 14,
        top: 10,
        itemGap: 6,
        textStyle: { color: ink, fontSize: 17, fontWeight: 600 },
        subtextStyle: { color: faint, fontSize: 13, lineHeight: 17 },
      },
      {
        text: wrap(captionOf(figure), captionWidth).join('\n'),
        left: 14,
        bottom: 8,
        textStyle: { color: faint, fontSize: 11, fontWeight: 'normal', lineHeight: captionLine },
      },
    ],
  };
}

/** Also says why lines end or are absent; bars say that themselves. */
function captionOf(figure: Figure): string {
  if (figure.form === 'bars') return figure.caption;
  const reasons = figure.panels.flatMap(({ series }) =>
    series.flatMap(({ subject, notes }) => (notes[0] === undefined ? [] : [`${subject} ${notes[0]}`])),
  );
  return reasons.length === 0 ? figure.caption : `${figure.caption} No values: ${reasons.join('; ')}.`;
}

/** Lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
