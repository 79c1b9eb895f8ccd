import { whiskers } from './error-bars.js';
import type { Series } from './figure.js';
import { ink, lookOf } from './palette.js';

/** A series as a line with marks and whiskers. `axes` names the axes of its panel; heddle lies above all others. */
export function seriesLines({ subject, marks }: Series, index: number, axes: object): object[] {
  const { colour, dash, mark, width } = lookOf(subject, index);
  return [
    {
      type: 'line',
      name: subject,
      ...axes,
      data: marks.map(({ at, value }) => [at, value]),
      symbol: mark,
      symbolSize: width > 3 ? 10 : 8,
      lineStyle: { color: colour, width, type: dash },
      itemStyle: { color: colour },
      z: subject === 'heddle' ? 6 : 5,
    },
    whiskers(marks, 'up', colour, axes),
  ];
}

/** Only of subjects that are drawn. In one column at the right, in the order of the tables. */
export function legendOf(series: readonly Series[], top: number): object {
  const names = series.filter(({ marks }) => marks.length > 0).map(({ subject }) => subject);
  return {
    data: names.map((name) => ({ name, textStyle: { fontWeight: name === 'heddle' ? 'bold' : 'normal' } })),
    orient: 'vertical',
    right: 12,
    top,
    itemGap: 9,
    itemWidth: 38,
    textStyle: { color: ink, fontSize: 12.5 },
  };
}

/** Pixels that a legend with these names takes. */
export function legendWidth(series: readonly Series[]): number {
  return 76 + Math.max(...series.map(({ subject }) => subject.length)) * 7;
}
