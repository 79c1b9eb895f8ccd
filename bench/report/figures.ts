import { labelled, percentileOf } from './cases.js';
import type { Description, Descriptions } from './description.js';
import type { Figure } from './figure.js';
import { makeFigure } from './make-figure.js';
import { overloadFigures } from './overload-figures.js';
import type { Reading } from './read-results.js';

type Metrics = readonly Figure['metric'][];

/** Fewer are drawn one by one. */
const fewestPercentiles = 3;

/** All plots that the readings are good for, in the order in which their benchmarks come. */
export function figures(readings: readonly Reading[], descriptions: Descriptions): readonly Figure[] {
  return [...new Set(readings.map(({ bench }) => bench))].flatMap((name) => {
    const own = readings.filter(({ bench }) => bench === name);
    return name === 'overload' ? overloadFigures(own) : benchmarkFigures(name, own, descriptions.get(name));
  });
}

/**
 * A plot for each metric or distribution, and one of the first metric beside its
 * values with another size of the young generation.
 */
function benchmarkFigures(name: string, all: readonly Reading[], description: Description | undefined): Figure[] {
  const described: Metrics =
    description?.metrics ?? [...new Set(all.map(({ metric }) => metric))].map((metric) => ({ name: metric }));
  const conditions = new Set(described.filter(({ condition }) => condition).map(({ name: metric }) => metric));
  const metrics = described.filter(({ name: metric }) => !conditions.has(metric));
  const usual = all.filter(({ semiSpaceMb }) => semiSpaceMb === undefined);
  const base = {
    name,
    title: name,
    operation: description?.operation ?? 'what one operation was, this version does not know',
    nodeOptions: description?.nodeOptions ?? [],
    conditions: usual.filter(({ metric }) => conditions.has(metric)),
  };
  const result: Figure[] = [];
  for (const { of, members } of grouped(metrics)) {
    const readings = usual.filter(({ metric }) => members.some((member) => member.name === metric));
    if (readings.length === 0) continue;
    const metric = { ...members[0], name: of };
    const form = members.length > 1 ? { form: 'percentiles' as const } : {};
    // Only of the first metric, as everywhere.
    const { retentionFrom } = result.length === 0 && description !== undefined ? description : {};
    const retention = retentionFrom === undefined ? {} : { retentionFrom };
    result.push(makeFigure({ ...base, id: `${name} ${of}`, metric, readings, ...form, ...retention }));
  }
  const [metric] = metrics;
  if (metric === undefined) return result;
  const readings = besideYoungGeneration(all.filter((one) => one.metric === metric.name));
  if (readings.length > 0) {
    const title = `${name}, with a larger young generation`;
    result.push(makeFigure({ ...base, id: `${name} semi-space`, title, metric, readings, form: 'bars' }));
  }
  return result;
}

/** Percentiles of one distribution share a plot; any other metric has one for itself. */
function grouped(metrics: Metrics): { readonly of: string; readonly members: Metrics }[] {
  const groups = new Map<string, Figure['metric'][]>();
  for (const metric of metrics) {
    const of = percentileOf(metric.name)?.of ?? metric.name;
    groups.set(of, [...(groups.get(of) ?? []), metric]);
  }
  return [...groups].flatMap(([of, members]) =>
    members.length >= fewestPercentiles ? [{ of, members }] : members.map((one) => ({ of: one.name, members: [one] })),
  );
}

/** The values with another semi-space, each after the usual value of the same subject and case. */
function besideYoungGeneration(readings: readonly Reading[]): readonly Reading[] {
  const special = readings.filter(({ semiSpaceMb }) => semiSpaceMb !== undefined);
  return special.flatMap((one) => {
    const usual = readings.filter(
      ({ semiSpaceMb, subject, case: point }) =>
        semiSpaceMb === undefined && subject === one.subject && point === one.case,
    );
    return [...usual, { ...one, subject: labelled(one.subject, one.semiSpaceMb ?? 0) }];
  });
}
