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

/** What a snapshot can be turned into. */
export const formats = ['text', 'json', 'dot', 'mermaid', 'svg', 'html', 'prometheus'] as const;

export type Format = (typeof formats)[number];

/** `width` and `color` are for text; `limit` is the most nodes that are shown, which each format has a default for. */
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
