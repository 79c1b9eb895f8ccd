import type { Figure } from './figure.js';
import { html, type Html } from './html.js';
import { compact } from './number-text.js';
import type { Reading } from './read-results.js';
import { standings, type Standing } from './standing.js';

/** A row for each subject, a column for each case; in a cell the median, the range, the runs, and how heddle stands. */
export function valuesTable(figure: Figure): Html {
  const { readings } = figure;
  const isDistribution = figure.form === 'percentiles';
  const columnOf = ({ case: point, metric }: Reading): string => (isDistribution ? `${point} ${metric}` : point);
  const columns = [...new Set(readings.map(columnOf))];
  const subjects = [...new Set(readings.map(({ subject }) => subject))];
  const all = standings(figure);
  const cell = (subject: string, column: string): Html => {
    const found = readings.find((one) => one.subject === subject && columnOf(one) === column);
    if (found === undefined) return html`<td></td>`;
    return valueCell(
      found,
      all.find(({ peer }) => peer === found),
    );
  };
  return html`<div class="scroll">
    <table>
      <caption>
        ${figure.metric.name}: median, least to greatest, (runs); ÷ heddle's median by the peer's
      </caption>
      <thead>
        <tr>
          <th></th>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${subjects.map(
          (subject) =>
            html`<tr${subject === 'heddle' ? html` class="own"` : ''}><th scope="row">${subject}</th>${columns.map(
              (column) => cell(subject, column),
            )}</tr>
`,
        )}
      </tbody>
    </table>
  </div>`;
}

function valueCell({ value, min, max, runs, note, saturated }: Reading, standing: Standing | undefined): Html {
  const remark = note === undefined ? '' : html`<span class="note">${note}</span>`;
  if (value === null) return html`<td>${remark}</td>`;
  return html`<td>
    <b>${compact(value)}</b><br /><small>${compact(min)} – ${compact(max)} (${runs})</small>${
      standing === undefined ? '' : html`<br />${standingText(standing)}`
    }${saturated ? html`<span class="note">the load was at its own limit</span>` : ''}${remark}
  </td>`;
}

/** Not by colour alone. */
function standingText({ ratio, verdict }: Standing): Html {
  const words: Readonly<Record<Standing['verdict'], string>> = {
    wins: '',
    even: ' within the noise',
    loses: ' ▼ heddle loses',
    undecided: ' too few runs',
  };
  return html`<span class="${verdict}">÷ ${factor(ratio)}${words[verdict]}</span>`;
}

/** heddle by a peer. */
export function factor(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2);
}
