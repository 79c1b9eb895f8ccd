import { generatorSaturated, goodP99Ms, goodput } from '../overload/figures.js';
import { describeScenario } from './description.js';
import type { Figure } from './figure.js';
import { makeFigure } from './make-figure.js';
import type { Reading } from './read-results.js';

/** The two that tell the story; the other figures of a cell stay in the lines. Only of the first one is known what is better. */
const metrics: readonly { readonly metric: Figure['metric']; readonly name: string }[] = [
  { metric: { name: goodput, better: 'higher' }, name: 'goodput' },
  { metric: { name: goodP99Ms }, name: 'p99' },
];

/** For each scenario: offered load against goodput and against p99, and heddle without each of its ingredients. */
export function overloadFigures(all: readonly Reading[]): readonly Figure[] {
  const cells = all.flatMap((one): { scenario: string; reading: Reading }[] => {
    const [, scenario, load] = /^(\S+) (load=[\d.]+)$/.exec(one.case) ?? [];
    return scenario === undefined || load === undefined ? [] : [{ scenario, reading: { ...one, case: load } }];
  });
  return [...new Set(cells.map(({ scenario }) => scenario))].flatMap((scenario) => {
    const own = cells.filter((cell) => cell.scenario === scenario).map(({ reading }) => reading);
    const operation = `a request in an open loop, given up after 500 ms: ${describeScenario(scenario)}`;
    return metrics.flatMap(({ metric, name }) => {
      const readings = own.filter((one) => one.metric === metric.name);
      const conditions = own.filter((one) => one.metric === generatorSaturated.name);
      const parts = { name: `overload --scenarios ${scenario}`, operation, metric, conditions };
      const rivals = readings.filter(({ subject }) => !isWithout(subject));
      const ablation = readings.filter(({ subject }) => isWithout(subject) || subject.startsWith('heddle'));
      const result: Figure[] = [];
      if (rivals.length > 0)
        result.push(
          makeFigure({
            ...parts,
            id: `overload ${scenario} ${name}`,
            title: `overload, ${scenario}`,
            readings: rivals,
          }),
        );
      if (ablation.some(({ subject }) => isWithout(subject)))
        result.push(
          makeFigure({
            ...parts,
            id: `overload ${scenario} ${name} ingredients`,
            title: `overload, ${scenario}: heddle without each of its ingredients`,
            readings: ablation,
            form: 'bars',
          }),
        );
      return result;
    });
  });
}

function isWithout(subject: string): boolean {
  return subject.startsWith('heddle without ');
}
