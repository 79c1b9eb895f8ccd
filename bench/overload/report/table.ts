import { median } from '../../harness/median.js';
import { align } from '../../harness/table.js';
import { generatorSaturated, goodMedianMs, goodP99Ms, goodput, phaseFigures, type Figures } from '../figures.js';
import type { Peak } from '../peak.js';
import type { Scenario } from '../scenario.js';
import { isUncontrolled, type StaticSetting } from '../subject.js';

/** One contender under one load: the figures of each run. */
export interface Row {
  readonly load: number;
  /** The contender's name. */
  readonly subject: string;
  readonly figures: readonly Figures[];
  /** Why servers ended. */
  readonly notes: readonly string[];
}

/** More than noise. */
const mostOfPeak = 1.1;

const failures = ['timeout', 'unavailable', 'reset', 'refused', 'error', 'unsent'] as const;

/** A scenario for a reader: loads in which heddle does worst first, within a load the best subject first. */
export function scenarioTable(
  scenario: Scenario,
  peak: Peak,
  setting: StaticSetting | null,
  rows: readonly Row[],
): string {
  const head = `\n${scenario.name}: ${scenario.about}\n  peak ${peak.rate.toFixed(0)} requests/s with ${peak.clients} clients`;
  const found = setting === null ? '' : `; best static ${setting.limit}:${setting.backlog}`;
  const weights =
    scenario.classes.length > 1
      ? `\n  weights (µs of the server's processor time): ${scenario.classes.map(({ name }, index) => `${name} ${peak.costs[index]!.toFixed(0)}`).join(', ')}`
      : '';
  const loads = [...new Set(rows.map(({ load }) => load))].toSorted((a, b) => standing(rows, a) - standing(rows, b));
  const classes = scenario.classes.length > 1 ? scenario.classes.map(({ name }) => name) : [];
  const titles = ['load', 'subject', goodput, 'p50 of good', 'p99 of good', ...classes.map((name) => `${name} served`)];
  const header = [...titles, 'lost by', 'cpu µs/good', 'generator', 'health', ''];
  const body = loads.flatMap((load) =>
    rows
      .filter((row) => row.load === load)
      .toSorted((a, b) => (value(b, goodput) ?? 0) - (value(a, goodput) ?? 0))
      .map((row) => [
        `${load}`,
        row.subject,
        number(value(row, goodput), 2),
        number(value(row, goodMedianMs), 0),
        number(value(row, goodP99Ms), 0),
        ...classes.map((name) => number(value(row, `${name} served share`), 2)),
        lostBy(row),
        number(value(row, 'server cpu µs/good request'), 0),
        `${number(value(row, 'generator cpu share'), 2)}${isSaturated(row) ? ' saturated' : ''}`,
        health(row),
        remarks(row),
      ]),
  );
  return `${head}${found}${weights}${tooLow(rows)}\n${align([header, ...body])}\n${phaseTable(scenario, rows)}${verdict(rows, loads)}`;
}

/**
 * Where the load changes: how much of what was possible in each phase's first
 * second and after it, and how long until nearly all.
 */
function phaseTable(scenario: Scenario, rows: readonly Row[]): string {
  const phases = scenario.phases?.(1).map(({ name }) => phaseFigures(name)) ?? [];
  if (phases.length === 0) return '';
  const header = ['load', 'subject', ...phases.flatMap((names) => Object.values(names))].map((name) =>
    name.replace(' goodput/possible', ''),
  );
  const body = rows.map((row) => [
    `${row.load}`,
    row.subject,
    ...phases.flatMap(({ firstSecond, afterIt, secondsUntilMastered }) => [
      number(value(row, firstSecond), 2),
      number(value(row, afterIt), 2),
      number(value(row, secondsUntilMastered), 0),
    ]),
  ]);
  return `  good by possible, by phase\n${align([header, ...body])}\n`;
}

export function isSaturated(row: Row): boolean {
  return (value(row, generatorSaturated.name) ?? 0) > 0;
}

/** How heddle stands against the best rival there is; without it all loads are alike. */
function standing(rows: readonly Row[], load: number): number {
  const here = rows.filter((row) => row.load === load);
  const own = here.find(({ subject }) => subject === 'heddle');
  const rivals = here.filter(({ subject }) => !subject.startsWith('heddle')).map((row) => value(row, goodput) ?? 0);
  return own === undefined ? 0 : (value(own, goodput) ?? 0) / Math.max(...rivals, 0.01);
}

/** What nobody controls cannot do more than the most that nobody controls can do. */
function tooLow(rows: readonly Row[]): string {
  const above = rows.filter((row) => isUncontrolled(row.subject) && (value(row, goodput) ?? 0) > mostOfPeak);
  if (above.length === 0) return '';
  const found = above.map((row) => `${row.subject} reached ${number(value(row, goodput), 2)} of it at ${row.load}`);
  return `\n  the peak is too low: ${found.join(', ')}`;
}

/** `heddle / best static` for each load, the worst first. */
function verdict(rows: readonly Row[], loads: readonly number[]): string {
  const ratios = loads.flatMap((load) => {
    const find = (name: string): number | undefined => {
      const row = rows.find((one) => one.load === load && one.subject === name);
      return row && (value(row, goodput) ?? 0);
    };
    const [own, best] = [find('heddle'), find('static')];
    return own === undefined || !best ? [] : [`${(own / best).toFixed(2)} at ${load}`];
  });
  return ratios.length === 0 ? '' : `  heddle / best static: ${ratios.join(', ')}\n`;
}

function value({ figures }: Row, name: string): number | undefined {
  const values = figures.flatMap((one) => one[name] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function number(found: number | undefined, digits: number): string {
  return found === undefined ? '-' : found.toFixed(digits);
}

/** What became of the others, in shares of all that arrived. */
function lostBy(row: Row): string {
  const parts = failures.flatMap((name) => {
    const share = value(row, `${name} share`) ?? 0;
    return share < 0.0005 ? [] : [`${name} ${share.toFixed(3)}`];
  });
  return parts.join(' ') || 'none';
}

function health(row: Row): string {
  const answered = value(row, 'health answered share');
  return answered === undefined
    ? '-'
    : `${answered.toFixed(2)}, slowest ${number(value(row, 'health slowest ms'), 0)} ms`;
}

function remarks(row: Row): string {
  const exits = row.figures.reduce((sum, figures) => sum + figures['exits']!, 0);
  const parts = [
    exits > 0 && `exits ${exits} of ${row.figures.length} (${row.notes[0]})`,
    ...['unhandled errors', 'descriptors left', 'fibers left'].map((name) => {
      const found = value(row, name) ?? 0;
      return found > 0 && `${name} ${found}`;
    }),
  ];
  return parts.filter((part) => part !== false).join(', ');
}
