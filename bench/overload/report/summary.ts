import { median } from '../../harness/median.js';
import { align } from '../../harness/table.js';
import { goodput } from '../figures.js';
import { isSaturated, type Row } from './table.js';

/** heddle under one load of one scenario, beside the best of those it is measured with. */
interface Standing {
  readonly scenario: string;
  readonly load: number;
  readonly own: number;
  readonly best: number;
  readonly rival: string;
  readonly bestStatic: number | undefined;
  /** Whether the generator was at its own limit beside either of them: then the ratio says little. */
  readonly saturated: boolean;
}

/** A rival that reached nothing would make a ratio infinite. */
const least = 0.01;

/** Every cell of a run, those first in which heddle is furthest behind; nothing where it did not take part or was alone. */
export function summary(rows: readonly (Row & { readonly scenario: string })[]): string {
  const standings: Standing[] = [];
  for (const row of rows) {
    if (row.subject !== 'heddle') continue;
    const rivals = rows
      .filter(({ scenario, load, subject }) => scenario === row.scenario && load === row.load && isRival(subject))
      .map((one) => ({ subject: one.subject, reached: reached(one), saturated: isSaturated(one) }))
      .toSorted((a, b) => b.reached - a.reached);
    const first = rivals[0];
    if (first === undefined) continue;
    const bestStatic = rivals.find(({ subject }) => subject === 'static')?.reached;
    const { scenario, load } = row;
    const saturated = first.saturated || isSaturated(row);
    const best = { best: first.reached, rival: first.subject, bestStatic };
    standings.push({ scenario, load, own: reached(row), ...best, saturated });
  }
  if (standings.length === 0) return '';
  const ratio = ({ own, best }: Standing): number => own / Math.max(best, least);
  const body = standings
    .toSorted((a, b) => ratio(a) - ratio(b))
    .map((one) => [
      one.scenario,
      `${one.load}`,
      one.own.toFixed(2),
      one.best < least ? 'it is 0' : ratio(one).toFixed(2),
      one.rival,
      one.bestStatic === undefined ? '-' : (one.own / Math.max(one.bestStatic, least)).toFixed(2),
      one.saturated ? 'generator saturated' : '',
    ]);
  const header = ['scenario', 'load', `heddle's ${goodput}`, 'by the best rival', 'which is', 'by best static', ''];
  return `\nThe worst first\n${align([header, ...body])}\n`;
}

function isRival(subject: string): boolean {
  return !subject.startsWith('heddle');
}

function reached({ figures }: Row): number {
  return median(figures.map((one) => one[goodput] ?? 0));
}
