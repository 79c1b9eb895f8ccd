import type { Benchmark } from './benchmark.js';
import type { ValueLine } from './result-lines.js';

/** The medians of one benchmark for a reader: a row for each subject, a column for each case, `heddle/peer` in brackets. */
export function table(benchmark: Benchmark, lines: readonly ValueLine[]): string {
  const parts = [`\n${benchmark.name}: ${benchmark.operation}\n  in brackets: heddle's value divided by this one`];
  const cases = [...new Set(lines.map((line) => line.case))];
  const subjects = [...new Set(benchmark.metrics.flatMap(() => lines.map((line) => line.subject)))];
  for (const { name, better } of benchmark.metrics) {
    const find = (subject: string, point: string): ValueLine | undefined =>
      lines.find((line) => line.subject === subject && line.case === point && line.metric === name);
    const rows = subjects.map((subject) => [
      subject,
      ...cases.map((point) => cell(find(subject, point), find('heddle', point))),
    ]);
    parts.push(align([[`${name}, ${better} is better`, ...cases], ...rows]));
  }
  return `${parts.join('\n')}\n`;
}

function cell(line: ValueLine | undefined, own: ValueLine | undefined): string {
  if (line === undefined) return '';
  if (line.value === null) return line.note ?? 'none';
  const number = line.value.toLocaleString('en', { maximumFractionDigits: line.value < 100 ? 1 : 0 });
  const value = line.note === undefined ? number : `${number}, a run failed`;
  if (line === own || !own?.value || line.value === 0) return value;
  const ratio = own.value / line.value;
  return `${value} (${ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2)})`;
}

/** Lines of cells, each column as wide as its widest. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
