import { checkOptions, expected } from '../../base/check.js';
import { checkSnapshot } from '../check-snapshot.js';
import type { Snapshot } from '../snapshot.js';
import { renderDot } from './dot.js';
import { renderHtml } from './html.js';
import { renderJson } from './json.js';
import { renderMermaid } from './mermaid.js';
import { renderPrometheus } from './prometheus.js';
import { renderSvg } from './svg.js';
import { renderText, type TextOptions } from './text.js';

/** The formats that `render` can produce. */
export const formats = ['text', 'json', 'dot', 'mermaid', 'svg', 'html', 'prometheus'] as const;

export type Format = (typeof formats)[number];

/**
 * Renders a snapshot. A plain call.
 *
 * @param options `limit` is the most nodes that are shown: unless given 30 lines in text, and as many of locks, 40 in Mermaid
 * and drawings, 1,000 places in the table of HTML, all in DOT. JSON always has all nodes, Prometheus none. The other options
 * are for text.
 * @returns (rejects) with `ArgumentError` for a value that is not a snapshot, or an unknown format.
 */
export async function render(snapshot: Snapshot, format: Format, options: TextOptions = {}): Promise<string> {
  checkSnapshot(snapshot);
  checkOptions(options);
  switch (format) {
    case 'text':
      return renderText(snapshot, options);
    case 'json':
      return renderJson(snapshot);
    case 'dot':
      return renderDot(snapshot, options);
    case 'mermaid':
      return renderMermaid(snapshot, options);
    case 'svg':
      return renderSvg(snapshot, options);
    case 'html':
      return renderHtml(snapshot, options);
    case 'prometheus':
      return renderPrometheus(snapshot);
    default:
      throw expected('format', `one of ${formats.join(', ')}`, format);
  }
}
