import { extentOf, valueAxis } from './axis.js';
import { captionHeight, frame, titleHeight } from './chart-frame.js';
import type { Figure } from './figure.js';
import { faint, grid, ink } from './palette.js';
import { chartWidth, type Chart } from './chart.js';
import { panelTitle } from './panel-title.js';
import { legendOf, legendWidth, seriesLines } from './series-lines.js';

const panelHeight = 210;
const panelGap = 66;
const columns = 2;

/**
 * Distributions: a panel for each case, and in it a line for each subject from the
 * median to the maximum. All panels have the same axis.
 */
export function percentilesOption(figure: Figure): Chart {
  const all = figure.panels.flatMap(({ series }) => series);
  const subjects = [...new Set(all.map(({ subject }) => subject))];
  const first = subjects.flatMap(
    (name) => all.find(({ subject, marks }) => subject === name && marks.length > 0) ?? [],
  );
  const marks = all.flatMap((one) => one.marks);
  const labels = new Map(marks.toSorted((a, b) => a.at - b.at).map(({ at, label }) => [at, label]));
  const places = [...labels.keys()];
  const extent = valueAxis(extentOf(marks.flatMap(({ min, max, value }) => [min > 0 ? min : value, max])));
  const panels = figure.panels.filter(({ series }) => series.some((one) => one.marks.length > 0));
  const rows = Math.ceil(panels.length / columns);
  const width = (chartWidth - legendWidth(first)) / Math.min(columns, panels.length);
  const grids = panels.map((_, index) => ({
    left: (index % columns) * width + 62,
    width: width - 76,
    top: titleHeight + 30 + Math.floor(index / columns) * (panelHeight + panelGap),
    height: panelHeight,
  }));
  const { title, ...rest } = frame(figure) as { readonly title: readonly object[] };
  return {
    height: titleHeight + 30 + rows * (panelHeight + panelGap) - 20 + captionHeight(figure),
    option: {
      ...rest,
      title: [...title, ...panels.map((panel, index) => panelTitle(panel, grids[index]))],
      legend: legendOf(first, titleHeight + 26),
      grid: grids,
      xAxis: panels.map((_, gridIndex) => ({
        type: 'category',
        gridIndex,
        data: [...labels.values()],
        boundaryGap: true,
        axisLine: { lineStyle: { color: faint } },
        axisTick: { show: false },
        axisLabel: { color: ink, fontSize: 12 },
        splitLine: { show: false, lineStyle: { color: grid } },
      })),
      yAxis: panels.map((_, gridIndex) => ({ ...extent, gridIndex })),
      series: panels.flatMap((panel, index) =>
        panel.series.flatMap((one) => {
          const moved = { ...one, marks: one.marks.map((mark) => ({ ...mark, at: places.indexOf(mark.at) })) };
          return seriesLines(moved, subjects.indexOf(one.subject), { xAxisIndex: index, yAxisIndex: index });
        }),
      ),
    },
  };
}
