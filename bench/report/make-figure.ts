import { describeProvenance } from '../harness/provenance.js';
import { subjectNames } from '../harness/subject-name.js';
import { generatorSaturated } from '../overload/figures.js';
import { generatorSaturated as clientsSaturated } from '../pages/metrics.js';
import { percentileOf, scaleOf, sizeOf, subjectOf } from './cases.js';
import type { Figure, Form, Mark, Panel, Series } from './figure.js';
import { compact } from './number-text.js';
import type { Reading } from './read-results.js';
import { reproduce } from './reproduce.js';

/** What a figure is made of. */
export interface Parts {
  readonly id: string;
  /** What `report` is asked for to draw it. */
  readonly name: string;
  readonly title: string;
  readonly operation: string;
  readonly metric: Figure['metric'];
  /** Of one metric, or of the percentiles of one distribution. */
  readonly readings: readonly Reading[];
  /** Lines if the cases are a scale, else bars, unless given. */
  readonly form?: Form;
  /** As in the figure. */
  readonly retentionFrom?: string;
  /** Flags of Node. */
  readonly nodeOptions?: readonly string[];
  /** How it went while these readings were taken; for the caption. */
  readonly conditions?: readonly Reading[];
}

export function makeFigure(parts: Parts): Figure {
  const { nodeOptions = [], conditions = [], retentionFrom } = parts;
  const readings = inOrder(parts.readings).map((one) => (isSaturated(one, conditions) ? saturated(one) : one));
  const axis = scaleOf(readings);
  const form = parts.form ?? (axis === undefined ? 'bars' : 'lines');
  return {
    id: parts.id
      .replaceAll('µ', 'u')
      .replaceAll(/[^\w.-]+/g, '-')
      .toLowerCase(),
    title: parts.title,
    operation: parts.operation,
    metric: parts.metric,
    form,
    axis: axis ?? '',
    panels: panelsFor(form, readings),
    readings,
    ...(retentionFrom !== undefined && { retentionFrom }),
    command: reproduce(parts.name, readings),
    caption: [caption(readings, nodeOptions), ...conditionTexts(conditions)].join(' '),
  };
}

const saturations: readonly string[] = [generatorSaturated.name, clientsSaturated.name];

function isSaturated({ case: point, subject }: Reading, conditions: readonly Reading[]): boolean {
  return conditions.some(
    (one) => saturations.includes(one.metric) && one.value && one.case === point && one.subject === subject,
  );
}

const saturated = (one: Reading): Reading => ({ ...one, saturated: true });

/** Cases as they come, and in each the subjects in the order of the tables; those with names of their own last. */
function inOrder(readings: readonly Reading[]): readonly Reading[] {
  const cases = [...new Set(readings.map((one) => one.case))];
  const rank = ({ subject }: Reading): number => {
    const index = (subjectNames as readonly string[]).indexOf(subjectOf(subject));
    return index === -1 ? subjectNames.length : index;
  };
  return readings.toSorted((a, b) => cases.indexOf(a.case) - cases.indexOf(b.case) || rank(a) - rank(b));
}

function panelsFor(form: Form, readings: readonly Reading[]): readonly Panel[] {
  if (form === 'lines') return [{ title: '', series: seriesOf(readings, bySize) }];
  const cases = [...new Set(readings.map((one) => one.case))];
  const place = form === 'percentiles' ? byPercentile : byCase(cases);
  // One subject in many cases needs no panel for each.
  if (form === 'bars' && cases.length > 1 && new Set(readings.map(({ subject }) => subject)).size === 1)
    return [{ title: '', series: seriesOf(readings, place) }];
  return cases.map((point) => ({
    title: point,
    series: seriesOf(
      readings.filter((one) => one.case === point),
      place,
    ),
  }));
}

type Place = (reading: Reading) => Pick<Mark, 'label' | 'at'>;

const bySize: Place = ({ case: point }) => ({ label: point, at: sizeOf(point)?.size ?? 0 });

const percentiles = ['min', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
const byPercentile: Place = ({ metric }) => {
  const label = percentileOf(metric)?.percentile ?? metric;
  return { label, at: percentiles.indexOf(label) };
};

const byCase =
  (cases: readonly string[]): Place =>
  ({ case: point }) => ({ label: point, at: cases.indexOf(point) });

function seriesOf(readings: readonly Reading[], place: Place): readonly Series[] {
  return [...new Set(readings.map(({ subject }) => subject))].map((subject) => {
    const own = readings.filter((one) => one.subject === subject);
    const marks = own.flatMap((one): Mark[] => {
      if (one.value === null) return [];
      return [{ ...place(one), value: one.value, min: one.min ?? one.value, max: one.max ?? one.value }];
    });
    const notes = own.flatMap(({ note, case: point }) => (note === undefined ? [] : [`${point}: ${note}`]));
    return { subject, marks: marks.toSorted((a, b) => a.at - b.at), notes };
  });
}

/** Where the values come from; files that are older than that knowledge only say which Node. */
function caption(readings: readonly Reading[], nodeOptions: readonly string[]): string {
  const origins = new Set(
    readings.map(({ from, node }) => (from === undefined ? `Node ${node}` : describeProvenance(from))),
  );
  const runs = readings.filter(({ value }) => value !== null).map((one) => one.runs);
  const [fewest, most] = [Math.min(...runs), Math.max(...runs)];
  const count = fewest === most ? `${most}` : `${fewest} to ${most}`;
  const shown = most > 1 ? `Medians of ${count} runs, whiskers from the least to the greatest.` : 'One run each.';
  const flags = nodeOptions.length === 0 ? '' : `; ${nodeOptions.join(' ')}`;
  return `${shown} ${[...origins].join('; ')}${flags}.`;
}

/** Of each condition the least and the greatest value, and where that was. */
function conditionTexts(conditions: readonly Reading[]): readonly string[] {
  return [...new Set(conditions.map(({ metric }) => metric))].flatMap((name) => {
    const own = conditions.filter(({ metric }) => metric === name);
    const values = own.flatMap(({ value }) => (value === null ? [] : [value]));
    if (values.length === 0) return [];
    const greatest = Math.max(...values);
    const where = own
      .filter(({ value }) => value === greatest)
      .map(({ subject, case: point }) => `${subject} ${point}`);
    const places = where.length > fewPlaces ? `${where.length} of ${values.length} places` : where.join(', ');
    return [`${name}: ${compact(Math.min(...values))} to ${compact(greatest)} (${places}).`];
  });
}

/** More are not named. */
const fewPlaces = 3;
