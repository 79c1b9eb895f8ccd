import type { EChartsCoreOption } from 'echarts/core';

/** What a chart is, and how large. */
export interface Chart {
  readonly option: EChartsCoreOption;
  /** Pixels. */
  readonly height: number;
}

/** Pixels. */
export const chartWidth = 900;
