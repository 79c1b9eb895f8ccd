import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkPlan } from '../command/check-plan.js';
import { writing } from '../harness/output.js';
import { movement } from './movement.js';
import { parseReportArguments, usage } from './arguments.js';
import { assertOneOrigin } from './comparability.js';
import { describe } from './description.js';
import { figures } from './figures.js';
import { keepEarlier } from './keep-earlier.js';
import { measureInto } from './measure-into.js';
import { movementText } from './movement-text.js';
import { page, type Page } from './page.js';
import { joinRepeated, readResults } from './read-results.js';
import { renderFigure } from './render.js';

/**
 * `npm run bench -- report …`: measures or reads, then draws.
 *
 * @throws {UsageError}, or what `parseArgs` throws.
 */
export async function report(args: readonly string[]): Promise<void> {
  const order = parseReportArguments(args);
  if (order.kind === 'help') return void process.stdout.write(usage);
  const { source, directory, baseline } = order;
  // Read before an hour of measuring, not after it.
  const old = baseline === undefined ? undefined : readResults(baseline);
  const found = 'from' in source ? source.from.flatMap(readResults) : [];
  assertOneOrigin(found);
  const read = 'from' in source ? joinRepeated(found) : undefined;

  if ('plan' in source && source.plan !== undefined) await checkPlan(source.plan);

  writing(directory, () => mkdirSync(directory, { recursive: true }));
  const results = join(directory, 'results.jsonl');
  const failures: string[] = [];
  const text = 'from' in source ? source.from.map((path) => endLine(readFileSync(path, 'utf8'))).join('') : undefined;
  const kept = writing(results, () => keepEarlier(results, text));
  if (kept !== null) process.stderr.write(`The results of an earlier run are kept in ${relative('', kept)}\n`);
  if ('from' in source) writeFileSync(results, text!);
  else failures.push(...(await measureInto(results, source)));
  const readings = read ?? readResults(results);

  const descriptions = await describe(readings);
  const drawn = figures(readings, descriptions).map((figure) => ({ figure, svg: renderFigure(figure) }));
  for (const { figure, svg } of drawn) writeFileSync(join(directory, `${figure.id}.svg`), svg);
  const since =
    old === undefined || baseline === undefined
      ? {}
      : { since: { movement: movement(old, readings, descriptions), source: baseline } };
  const content: Page = { drawn, readings, failures, ...since };
  const file = join(directory, 'index.html');
  writeFileSync(file, page(content));
  if (content.since !== undefined) process.stdout.write(movementText(content.since.movement, content.since.source));
  process.stdout.write(`${drawn.length} figures in ${relative('', file)}\n`);
}

/** The end of a file that was cut off must not swallow the first line of the next. */
function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
