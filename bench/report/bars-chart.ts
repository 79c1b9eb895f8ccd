import { extentOf, needsLog, valueAxis, type Extent } from './axis.js';
import { subjectOf } from './cases.js';
import { captionHeight, frame, titleHeight } from './chart-frame.js';
import { whiskers } from './error-bars.js';
import type { Figure, Mark, Panel } from './figure.js';
import { compact } from './number-text.js';
import { faint, ink, lookOf } from './palette.js';
import { panelTitle } from './panel-title.js';
import { chartWidth, type Chart } from './chart.js';

/** Pixels. */
const rowHeight = 27;
const panelGap = 74;
const gap = 26;
const mostColumns = 3;

/** A line of a panel: a subject, or a case where there is only one subject. */
interface Row {
  readonly name: string;
  readonly subject: string;
}

/**
 * Few cases: a panel for each, with the same rows in the same order. Bars where the axis begins at zero; a logarithmic axis has
 * no zero, and a bar on it no meaning: there the values are dots.
 */
export function barsOption(figure: Figure): Chart {
  const rows = rowsOf(figure.panels);
  const columns = Math.min(mostColumns, figure.panels.length);
  const labels = 24 + Math.max(...rows.map(({ name }) => name.length)) * 7.2;
  const width = (chartWidth - labels - 20) / columns;
  const height = rows.length * rowHeight;
  const grids = figure.panels.map((_, index) => ({
    left: labels + (index % columns) * width,
    width: width - gap,
    top: titleHeight + 34 + Math.floor(index / columns) * (height + panelGap),
    height,
  }));
  const { title, ...rest } = frame(figure) as { readonly title: readonly object[] };
  return {
    height: titleHeight + Math.ceil(figure.panels.length / columns) * (height + panelGap) + captionHeight(figure),
    option: {
      ...rest,
      title: [...title, ...figure.panels.map((panel, index) => panelTitle(panel, grids[index]))],
      grid: grids,
      yAxis: figure.panels.map((_, gridIndex) => ({
        type: 'category',
        gridIndex,
        inverse: true,
        data: rows.map(({ name }) => name),
        axisLine: { lineStyle: { color: faint }, onZero: false },
        axisTick: { show: false },
        axisLabel: {
          show: gridIndex % columns === 0,
          interval: 0,
          formatter: (name: string) => (name === 'heddle' ? `{own|${name}}` : name),
          rich: { own: { fontWeight: 'bold', color: ink, fontSize: 12.5 } },
          color: ink,
          fontSize: 12.5,
        },
      })),
      ...panelParts(figure.panels, rows),
    },
  };
}

function panelParts(
  panels: readonly Panel[],
  rows: readonly Row[],
): { readonly xAxis: object[]; readonly series: object[] } {
  const xAxis: object[] = [];
  const series: object[] = [];
  // One form for the whole figure.
  const log = panels.some((panel) => needsLog(valuesOf(panel)));
  for (const [index, panel] of panels.entries()) {
    const extent = withRoom(extentOf(valuesOf(panel), log));
    const axes = { xAxisIndex: index, yAxisIndex: index };
    const found = rows.map((row, at) => ({ row, at, mark: markOf(panel, row), look: lookOf(row.subject, at) }));
    const marks = found.flatMap(({ at, mark }) => (mark === undefined ? [] : [{ ...mark, at }]));
    xAxis.push({ ...valueAxis(extent), gridIndex: index });
    series.push(
      {
        type: log ? 'scatter' : 'bar',
        ...axes,
        barWidth: '62%',
        symbolSize: 11,
        data: found.flatMap(({ row, at, mark, look }) =>
          mark === undefined
            ? []
            : [{ value: [mark.value, at], itemStyle: { color: look.colour, opacity: isVariant(row) ? 0.6 : 1 } }],
        ),
      },
      whiskers(marks, 'right', ink, axes),
      // The texts, at points that are not drawn, clear of the whiskers.
      {
        type: 'scatter',
        ...axes,
        symbolSize: 0,
        label: { show: true, position: 'right', distance: log ? 10 : 6, color: ink, fontSize: 11.5 },
        data: found.map(({ row, at, mark }) => ({
          value: [mark?.max ?? extent.min, at],
          label: labelOf(mark, panel, row),
        })),
      },
    );
  }
  return { xAxis, series };
}

function valuesOf({ series }: Panel): readonly number[] {
  return series.flatMap(({ marks }) => marks.flatMap(({ min, max, value }) => [min > 0 ? min : value, max]));
}

/** Values stand at the right of the bars. */
function withRoom(extent: Extent): Extent {
  return { ...extent, max: extent.log ? extent.max * (extent.max / extent.min) ** 0.25 : extent.max * 1.28 };
}

/** A value, or why there is none; nothing where the subject does not take part. */
function labelOf(mark: Mark | undefined, { series }: Panel, { subject: name }: Row): object {
  const notes = series.find(({ subject }) => subject === name)?.notes ?? [];
  if (mark !== undefined) return { formatter: `${compact(mark.value)}${notes.length > 0 ? ' (a run failed)' : ''}` };
  return { formatter: notes.map((note) => note.replace(/^[^:]*: /, '')).join(', '), color: faint };
}

function rowsOf(panels: readonly Panel[]): readonly Row[] {
  const subjects = [...new Set(panels.flatMap(({ series }) => series.map(({ subject }) => subject)))];
  const [only] = subjects;
  if (subjects.length > 1 || only === undefined) return subjects.map((subject) => ({ name: subject, subject }));
  const names = new Set(panels.flatMap(({ series }) => series.flatMap(({ marks }) => marks.map(({ label }) => label))));
  return names.size < 2 ? [{ name: only, subject: only }] : [...names].map((name) => ({ name, subject: only }));
}

function markOf({ series }: Panel, { name, subject }: Row): Mark | undefined {
  const marks = series.find((one) => one.subject === subject)?.marks ?? [];
  return name === subject ? marks[0] : marks.find(({ label }) => label === name);
}

function isVariant({ subject }: Row): boolean {
  return subject !== subjectOf(subject) || (subject.startsWith('heddle') && subject !== 'heddle');
}
