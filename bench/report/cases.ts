import type { Reading } from './read-results.js';

/** A case that is a number: `n=1000`. */
export interface Size {
  readonly unit: string;
  readonly size: number;
}

/** What the letters stand for. */
const axes: Readonly<Record<string, string>> = {
  n: 'n',
  c: 'connections',
  d: 'depth of calls',
  load: 'offered load, in multiples of what the uncontrolled server can do at most',
};

/** Two points make no curve, and within a factor of four there is nothing to see of one. */
const fewestSizes = 3;
const leastSpan = 4;

export function sizeOf(point: string): Size | undefined {
  const [, unit, digits] = /^(\w+)=([\d.]+)$/.exec(point) ?? [];
  const size = Number(digits);
  return unit === undefined || !Number.isFinite(size) || size <= 0 ? undefined : { unit, size };
}

/**
 * The name of the axis on which the cases of these readings are points; nothing
 * where they are no scale, or nobody is on enough of it.
 */
export function scaleOf(readings: readonly Reading[]): string | undefined {
  const units = new Set(readings.map(({ case: point }) => sizeOf(point)?.unit));
  const [unit] = units;
  if (units.size !== 1 || unit === undefined) return undefined;
  const isCurve = [...new Set(readings.map(({ subject }) => subject))].some((subject) => {
    const own = readings.filter((one) => one.subject === subject && one.value !== null);
    const sizes = new Set(own.flatMap(({ case: point }) => sizeOf(point)?.size ?? []));
    return sizes.size >= fewestSizes && Math.max(...sizes) / Math.min(...sizes) >= leastSpan;
  });
  return isCurve ? (axes[unit] ?? unit) : undefined;
}

/** Whether a metric is one of a distribution's percentiles: `connect p99 ms` is the p99 of `connect ms`. */
export function percentileOf(metric: string): { readonly of: string; readonly percentile: string } | undefined {
  const found = /^(?:(.+) )?(p[\d.]+|median|max)(?: (\S+))?$/.exec(metric);
  if (found === null) return undefined;
  const [, name = '', percentile = '', unit = ''] = found;
  return { of: `${name} ${unit}`.trim(), percentile: percentile === 'median' ? 'p50' : percentile };
}

/** Values with another young generation stand under a name of their own beside the usual ones. */
export function labelled(subject: string, semiSpaceMb: number): string {
  return `${subject} (${semiSpaceMb} MB)`;
}

/** The subject without what `labelled` added. */
export function subjectOf(label: string): string {
  return label.replace(/ \(\d+ MB\)$/, '');
}
