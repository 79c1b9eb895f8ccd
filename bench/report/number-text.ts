/** Three digits that matter, with separators; nothing for no value. */
export function compact(value: number | null): string {
  if (value === null) return '';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** For the axes: 100K. */
export function axisNumber(value: number): string {
  return short.format(value);
}

/** A factor. */
export function times(value: number): string {
  return `×${value < 0.1 ? value.toPrecision(1) : value.toFixed(2)}`;
}
