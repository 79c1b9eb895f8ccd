import { extentOf, powers, valueAxis } from './axis.js';
import { captionHeight, frame, titleHeight } from './chart-frame.js';
import type { Figure } from './figure.js';
import { axisNumber } from './number-text.js';
import { faint, grid, ink } from './palette.js';
import type { Chart } from './chart.js';
import { legendOf, legendWidth, seriesLines } from './series-lines.js';

const plotHeight = 330;

/** How something grows: a line for each subject over sizes, whose axis is logarithmic. */
export function linesOption(figure: Figure): Chart {
  const series = figure.panels.flatMap((panel) => panel.series).filter(({ marks }) => marks.length > 0);
  const marks = series.flatMap((one) => one.marks);
  const sizes = [...new Set(marks.map(({ at }) => at))].toSorted((a, b) => a - b);
  const [least = 1, greatest = 10] = [sizes[0], sizes.at(-1)];
  const bottom = captionHeight(figure) + 48;
  const ticks = greatest / least >= 100 ? powers(least / 1.2, greatest * 1.2) : sizes;
  return {
    height: titleHeight + plotHeight + bottom,
    option: {
      ...frame(figure),
      grid: { left: 70, right: legendWidth(series), top: titleHeight + 12, bottom },
      legend: legendOf(series, titleHeight + 8),
      xAxis: {
        type: 'log',
        min: least / 1.25,
        max: greatest * 1.25,
        name: figure.axis,
        nameLocation: 'middle',
        nameGap: 30,
        nameTextStyle: { color: ink, fontSize: 12.5 },
        axisLine: { lineStyle: { color: faint }, onZero: false },
        axisTick: { customValues: ticks, lineStyle: { color: faint } },
        axisLabel: { color: faint, fontSize: 12, formatter: axisNumber, customValues: ticks },
        splitLine: { lineStyle: { color: grid } },
      },
      yAxis: valueAxis(extentOf(marks.flatMap(({ value, min, max }) => [min > 0 ? min : value, max]))),
      series: series.flatMap((one, index) => seriesLines(one, index, {})),
    },
  };
}
