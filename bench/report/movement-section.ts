import { html, type Html } from './html.js';
import { cells, closing, hintsTitle } from './movement-text.js';
import type { Move, Movement } from './movement.js';
import { compact } from './number-text.js';
import { keyOf } from './read-results.js';

/** What moved since another run, for the page. */
export function movementSection(found: Movement, source: string): Html {
  const { moved, hints, drifted, replaced, warnings, compared } = found;
  return html`<section>
    <h2>What moved since ${source}</h2>
    <p>
      ${compared} figures are in both. A figure has moved when the ranges of its runs do not overlap, the medians differ
      by more than 5 %, and both still hold beside the peers of the same case, whose change is the machine's.
    </p>
    ${warnings.map((text) => html`<p class="loses">Warning: ${text}.</p>`)}
    ${table('Moved beyond the noise', moved)}${table(hintsTitle(found), hints)}
    ${table('Moved as much as its peers did: the machine', drifted)}
    ${replaced.map(
      ({ before, after }) =>
        html`<p>
          ${keyOf(after)}: ${compact(before.value) || (before.note ?? '')} →
          ${compact(after.value) || (after.note ?? '')}
        </p>`,
    )}
    ${closing(found).map((text) => html`<p>${text}</p>`)}
  </section>`;
}

function table(title: string, moves: readonly Move[]): Html {
  if (moves.length === 0) return html``;
  return html`<h3>${title}</h3>
    <div class="scroll">
      <table class="moves">
        <tbody>
          ${moves.map(
            (move) =>
              html`<tr>
                ${cells(move).map((text) => html`<td>${text}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
