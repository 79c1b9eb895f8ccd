import { faint, grid } from './palette.js';
import { axisNumber } from './number-text.js';

/** An axis of values: how far, which lines, logarithmic or not. */
export interface Extent {
  readonly log: boolean;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** Values further apart than this are unreadable on a linear axis. */
const logFrom = 20;

/** A little room at both ends, a line at each power of ten, or at 1, 2 and 5 of each if there are few powers. */
export function extentOf(values: readonly number[], log: boolean = needsLog(values)): Extent {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  if (!log || !(least > 0)) {
    const step = niceStep(greatest / 5);
    const count = Math.max(1, Math.ceil((greatest * 1.02) / step));
    const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
    return { log: false, min: 0, max: count * step, ticks };
  }
  return { log: true, min: least / 1.3, max: greatest * 1.3, ticks: powers(least / 1.3, greatest * 1.3) };
}

export function needsLog(values: readonly number[]): boolean {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least >= logFrom;
}

/** Where the lines of a logarithmic axis are. */
export function powers(min: number, max: number): readonly number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = from; power <= to; power++)
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(3)));
  return ticks.filter((tick) => tick >= min && tick <= max);
}

/** The options of an axis with this extent. */
export function valueAxis({ log, min, max, ticks }: Extent): object {
  return {
    type: log ? 'log' : 'value',
    min,
    max,
    axisLine: { show: false },
    axisTick: { show: false, customValues: ticks },
    axisLabel: { color: faint, fontSize: 12, formatter: axisNumber, customValues: ticks },
    splitLine: { lineStyle: { color: grid } },
    nameTextStyle: { color: faint, fontSize: 12 },
  };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10;
  return factor * power;
}
