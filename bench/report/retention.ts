import type { Figure } from './figure.js';
import { html, type Html } from './html.js';
import { compact } from './number-text.js';

/** How much of its value in one case each subject keeps in the others: how well it scales, whatever it begins with. */
export function retentionTable({ readings, retentionFrom }: Figure): Html {
  if (retentionFrom === undefined) return html``;
  const cases = [...new Set(readings.map((one) => one.case))].filter((point) => point !== retentionFrom);
  const subjects = [...new Set(readings.map(({ subject }) => subject))];
  const value = (subject: string, point: string): number | null =>
    readings.find((one) => one.subject === subject && one.case === point)?.value ?? null;
  const share = (subject: string, point: string): string => {
    const [here, start] = [value(subject, point), value(subject, retentionFrom)];
    return here === null || !start ? '' : compact(here / start);
  };
  if (!subjects.some((subject) => value(subject, retentionFrom) !== null)) return html``;
  return html`<div class="scroll">
    <table>
      <caption>
        The median as a share of the same subject's at ${retentionFrom}
      </caption>
      <thead>
        <tr>
          <th></th>
          ${cases.map((point) => html`<th scope="col">${point}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${subjects.map(
          (subject) =>
            html`<tr>
              <th scope="row">${subject}</th>
              ${cases.map((point) => html`<td>${share(subject, point)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
