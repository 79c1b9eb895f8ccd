import { median } from '../../harness/median.js';
import type { RatioLine, ValueLine } from '../../harness/result-lines.js';
import type { CellResult } from '../cell.js';
import type { Peak } from '../peak.js';
import type { Scenario } from '../scenario.js';
import type { StaticSetting } from '../subject.js';
import { goodput, secondOf } from '../figures.js';
import type { Row } from './table.js';

const bench = 'overload';
const significant = (value: number): number => Number(value.toPrecision(4));
const caseOf = (scenario: Scenario, load: number): string => `${scenario.name} load=${load}`;

/** What the loads are multiples of. */
export function peakLines(scenario: Scenario, peak: Peak): readonly ValueLine[] {
  const values: Record<string, number> = { 'peak requests/s': peak.rate, 'peak clients': peak.clients };
  if (scenario.classes.length > 1)
    for (const [index, { name }] of scenario.classes.entries())
      values[`${name} server cpu µs/request`] = peak.costs[index]!;
  return Object.entries(values).map(([metric, value]) => valueLine(scenario.name, 'node:http', metric, [value]));
}

/** Which static limit was found, in the form that `--static` takes. */
export function settingLine(scenario: Scenario, { limit, backlog }: StaticSetting): ValueLine {
  return { ...valueLine(scenario.name, 'static', 'limit', [limit]), note: `${limit}:${backlog}` };
}

/** Every figure of one load, and heddle's goodput by every rival's. */
export function cellLines(scenario: Scenario, rows: readonly Row[]): readonly (ValueLine | RatioLine)[] {
  const lines: (ValueLine | RatioLine)[] = [];
  for (const { load, subject, figures, notes } of rows) {
    for (const metric of new Set(figures.flatMap((one) => Object.keys(one)))) {
      const values = figures.flatMap((one) => one[metric] ?? []);
      const line = valueLine(caseOf(scenario, load), subject, metric, values);
      lines.push(metric === 'exits' && notes.length > 0 ? { ...line, note: notes.join('; ') } : line);
    }
  }
  const reached = (row: Row | undefined): number | undefined =>
    row && median(row.figures.map((figures) => figures[goodput] ?? 0));
  for (const row of rows) {
    const own = reached(rows.find(({ subject }) => subject === 'heddle'));
    const other = reached(row);
    if (row.subject === 'heddle' || own === undefined || !other) continue;
    const value = significant(own / other);
    lines.push({ bench, case: caseOf(scenario, row.load), ratio: `heddle/${row.subject}`, value });
  }
  return lines;
}

/**
 * Good answers second by second, by the peak: how fast a change is followed.
 * `possible` is what was offered, or the peak if that is less.
 */
export function timelineLines(
  scenario: Scenario,
  load: number,
  subject: string,
  { open }: CellResult,
  peak: Peak,
): readonly object[] {
  return open.timeline.map((one) => {
    const { good, possible } = secondOf(scenario, one, peak);
    const name = `${caseOf(scenario, load)} ${one.phase} second=${one.second}`;
    return { bench, case: name, subject, metric: goodput, value: significant(good), possible: significant(possible) };
  });
}

function valueLine(name: string, subject: string, metric: string, values: readonly number[]): ValueLine {
  return {
    bench,
    case: name,
    subject,
    metric,
    value: significant(median(values)),
    min: significant(Math.min(...values)),
    max: significant(Math.max(...values)),
    runs: values.length,
    node: process.version,
  };
}
