import { greatest } from '../base/greatest.js';
import { styleText } from 'node:util';
import { plural, printable } from '../blocking-graph/render/format.js';
import type { ExplainedFunction } from '../compiler/explain.js';

/** What the compiler makes of a file: a line for each generator function, and below it one for each site and loop. */
export function explainText(file: string, functions: readonly ExplainedFunction[], color: boolean): string {
  const style: typeof styleText = color ? styleText : (_format, text) => text;
  const rows = functions.flatMap(rowsOf);
  const places = greatest(
    rows.map(({ place }) => place.length),
    0,
  );
  const names = greatest(
    rows.map(({ name }) => name.length),
    0,
  );
  const lines = rows.map(({ place, name, text, isPoint }) => {
    const padded = name.padEnd(names);
    return `${style('dim', place.padEnd(places))}  ${isPoint ? padded : style('bold', padded)}  ${text}`.trimEnd();
  });
  return `${[style('bold', `${printable(file)}: ${summary(functions)}`), ...lines].join('\n')}\n`;
}

interface Row {
  readonly place: string;
  readonly name: string;
  readonly text: string;
  /** Of a site or loop, not of a function. */
  readonly isPoint: boolean;
}

function rowsOf({ name, line, column, verdict, reason, sites, loops }: ExplainedFunction): Row[] {
  const head = { place: `${line}:${column}`, name: printable(name), isPoint: false };
  if (verdict !== 'fiber') return [{ ...head, text: `${verdict}: ${reason}` }];
  const points = [
    ...sites.map((site) => ({ ...site, name: '  site', text: printable(site.callee) })),
    ...loops.map((loop) => ({ ...loop, name: '  loop', text: loop.keyword })),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
  return [
    { ...head, text: 'fiber function' },
    ...points.map((point) => ({
      place: `${point.line}:${point.column}`,
      name: point.name,
      text: point.text,
      isPoint: true,
    })),
  ];
}

function summary(functions: readonly ExplainedFunction[]): string {
  if (functions.length === 0) return 'no generator function, so there is nothing to compile';
  const fibers = functions.filter(({ verdict }) => verdict === 'fiber');
  const sites = fibers.reduce((sum, one) => sum + one.sites.length, 0);
  const loops = fibers.reduce((sum, one) => sum + one.loops.length, 0);
  const left = functions.length - fibers.length;
  return [
    plural(fibers.length, 'fiber function'),
    `${plural(sites, 'site')}${sites === 0 ? '' : sites === 1 ? ', a checkpoint' : ', each a checkpoint'}`,
    `${plural(loops, 'loop')}${loops === 0 ? '' : ' that can give way'}`,
    ...(left > 0 ? [`${plural(left, 'generator')} left as written`] : []),
  ].join(' · ');
}
