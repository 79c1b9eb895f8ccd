import test from 'ava';
import type { Figures } from '../../bench/overload/figures.js';
import { summary } from '../../bench/overload/report/summary.js';
import { scenarioTable, type Row } from '../../bench/overload/report/table.js';
import { findScenario } from '../../bench/overload/scenarios/catalogue.js';

const row = (subject: string, goodput: number, more: Figures = {}): Row => {
  const figures = [{ 'goodput/peak': goodput, 'generator saturated': 0, exits: 0, ...more }];
  return { load: 2, subject, figures, notes: [] };
};
const peak = { rate: 700, rateAtCost: { 1: 700 }, clients: 16, costs: [251, 21_340] };

test('a peak that an uncontrolled server exceeds by more than a tenth is too low', (t) => {
  const text = (...rows: Row[]): string => scenarioTable(findScenario('cpu'), peak, null, rows);
  t.regex(text(row('heddle', 1), row('node:http', 1.17)), /the peak is too low: node:http reached 1\.17 of it at 2\n/);
  t.notRegex(text(row('heddle', 1.2), row('static', 1.3), row('node:http', 1.09)), /too low/);
});

test('the weights of the classes stand above the table', (t) => {
  t.regex(scenarioTable(findScenario('mixed'), peak, null, []), /weights .*: light 251, heavy 21340\n/);
  t.notRegex(scenarioTable(findScenario('cpu'), peak, null, []), /weights/);
});

test('a ratio beside a saturated generator is marked', (t) => {
  const saturated = { 'generator saturated': 1 };
  const line = (...rows: Row[]): string => summary(rows.map((one) => ({ ...one, scenario: 'cpu' }))).trimEnd();
  t.regex(line(row('heddle', 1), row('static', 1.2, saturated)), /generator saturated$/);
  t.notRegex(line(row('heddle', 1), row('static', 1.2), row('codel', 0.5, saturated)), /generator saturated/);
});
