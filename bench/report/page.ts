import { describeProvenance } from '../harness/provenance.js';
import type { Figure } from './figure.js';
import { html, Html } from './html.js';
import { movementSection } from './movement-section.js';
import type { Movement } from './movement.js';
import { pageStyle } from './page-style.js';
import type { Reading } from './read-results.js';
import { retentionTable } from './retention.js';
import { standings, type Standing } from './standing.js';
import { factor, valuesTable } from './values-table.js';

/** A figure and its picture. */
export interface Drawn {
  readonly figure: Figure;
  readonly svg: string;
}

export interface Page {
  readonly drawn: readonly Drawn[];
  readonly readings: readonly Reading[];
  /** What moved since another run, and which. */
  readonly since?: { readonly movement: Movement; readonly source: string };
  /** What failed as a whole, beside the subjects whose lines say so. */
  readonly failures: readonly string[];
}

/** One HTML file that needs nothing else: no script, no font, no network. */
export function page({ drawn, readings, since, failures }: Page): string {
  const origins = originsOf(readings);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>heddle: benchmarks</title>
        <style>
          ${new Html(pageStyle)}
        </style>
      </head>
      <body>
        <main>
          <h1>heddle: benchmarks</h1>
          <ul class="origins">
            ${[...origins].map(
              ([from, commands]) =>
                html`<li>${from}${[...commands].map((command) => html`<br /><code>${command}</code>`)}</li>`,
            )}${
              readings.some(({ from }) => from === undefined)
                ? html`<li>Some results do not say where they come from.</li>`
                : ''
            }
          </ul>
          <p>
            Values are medians over processes: each run is a process of its own, and subjects take turns, so that a slow
            minute of the machine hits all alike. Whiskers and small numbers go from the least to the greatest run.
            <b>÷</b> is heddle's median divided by the peer's; a difference counts only where the two ranges do not
            overlap. The values are in <a href="results.jsonl">results.jsonl</a>, one JSON object a line.
          </p>
          ${failed(readings, failures)} ${losses(drawn.map(({ figure }) => figure))}
          ${since === undefined ? '' : movementSection(since.movement, since.source)}
          <nav>
            <h2>Figures</h2>
            <ol>
              ${drawn.map(
                ({ figure }) => html`<li><a href="#${figure.id}">${figure.title}: ${figure.metric.name}</a></li>`,
              )}
            </ol>
          </nav>
          ${drawn.map(figureSection)}
        </main>
      </body>
    </html> `.text;
}

/** Machines and versions, and the commands that ran there. */
function originsOf(readings: readonly Reading[]): ReadonlyMap<string, ReadonlySet<string>> {
  const origins = new Map<string, Set<string>>();
  for (const { from } of readings) {
    if (from === undefined) continue;
    const described = describeProvenance(from);
    origins.set(described, (origins.get(described) ?? new Set()).add(from.command));
  }
  return origins;
}

/** Its heading is for those who cannot see the picture, which has the same one. */
function figureSection({ figure, svg }: Drawn): Html {
  const { id, title, operation, metric, command } = figure;
  return html`<section id="${id}" class="figure">
    <h2>${title}: ${metric.name}</h2>
    <figure role="img" aria-label="${operation}">${new Html(svg)}</figure>
    ${valuesTable(figure)} ${retentionTable(figure)}
    <p class="command">Measure and draw it again: <code>${command}</code></p>
  </section> `;
}

/** Said before anything else that is said about results. */
function losses(figures: readonly Figure[]): Html {
  const all = figures.map((figure) => ({ figure, found: standings(figure) }));
  const count = (verdict: Standing['verdict']): number =>
    all.reduce((sum, { found }) => sum + found.filter((one) => one.verdict === verdict).length, 0);
  const [wins, even, loses, undecided] = [count('wins'), count('even'), count('loses'), count('undecided')];
  const total = wins + even + loses + undecided;
  if (total === 0) return html``;
  const saturated = figures.reduce((sum, { readings }) => sum + readings.filter((one) => one.saturated).length, 0);
  return html`<section>
    <h2>Where heddle loses</h2>
    <p>
      Of ${total} comparisons with peers, heddle wins ${wins}, ${even} are within the noise, ${undecided} have too few
      runs to tell (three each are the least), and it loses ${loses}. The numbers are heddle's medians divided by the
      peers'.${
        saturated === 0
          ? ''
          : ` ${saturated} values are compared with nothing, since what made the load was at its own limit.`
      }
    </p>
    <ul>
      ${all.map(({ figure, found }) => lossesOf(figure, found))}
    </ul>
  </section>`;
}

/** A line for a figure: to whom, how far, where. */
function lossesOf({ id, title, metric }: Figure, found: readonly Standing[]): Html {
  const lost = found.filter(({ verdict }) => verdict === 'loses');
  if (lost.length === 0) return html``;
  const peers = [...new Set(lost.map(({ peer }) => peer.subject))].map((subject) => {
    const to = lost.filter(({ peer }) => peer.subject === subject);
    const where = ({ case: point, metric: of }: Reading): string => (of === metric.name ? point : `${point} ${of}`);
    return `${subject} (${to.map(({ peer, ratio }) => `${where(peer)}: ${factor(ratio)}`).join(', ')})`;
  });
  return html`<li><a href="#${id}">${title}: ${metric.name}</a>: ${peers.join('; ')}</li>`;
}

function failed(readings: readonly Reading[], failures: readonly string[]): Html {
  const lines = readings.flatMap(({ note, bench, case: point, subject }) =>
    note?.startsWith('failed') === true ? [`${bench} ${point} ${subject} ${note}`] : [],
  );
  const all = [...failures, ...new Set(lines)];
  if (all.length === 0) return html``;
  return html`<section class="failed">
    <h2>What failed</h2>
    <ul>
      ${all.map((text) => html`<li>${text}</li>`)}
    </ul>
  </section>`;
}
