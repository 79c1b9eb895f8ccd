import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { barsOption } from './bars-chart.js';
import { chartWidth, type Chart } from './chart.js';
import type { Figure } from './figure.js';
import { linesOption } from './lines-chart.js';
import { dark } from './palette.js';
import { percentilesOption } from './percentiles-chart.js';

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const charts: Readonly<Record<Figure['form'], (figure: Figure) => Chart>> = {
  lines: linesOption,
  bars: barsOption,
  percentiles: percentilesOption,
};

/** An SVG that stands for itself: title, legend and caption are in it, and it follows the reader's light or dark scheme. */
export function renderFigure(figure: Figure): string {
  const { option, height } = charts[figure.form](figure);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: chartWidth, height });
  try {
    chart.setOption({ animation: false, ...option });
    return withScheme(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * The library writes colours as attributes, over which any rule of a style sheet wins; readers that know no style sheets see
 * the light one. On paper the light one is right.
 */
function withScheme(svg: string): string {
  const rules = Object.entries(dark).map(
    ([light, other]) => `[fill="${light}"]{fill:${other}}[stroke="${light}"]{stroke:${other}}`,
  );
  const style = `<style>@media screen and (prefers-color-scheme:dark){${rules.join('')}}</style>`;
  return svg.replace(/<svg [^>]*>/, (open) => `${open}${style}`);
}
