import type { Snapshot } from '../snapshot.js';
import { renderDot } from './dot.js';

/**
 * The blocking graph as a drawing, laid out by Graphviz in WebAssembly. Beyond `limit` nodes, 40 unless given, nodes are
 * merged (`collapse`): nobody can read more boxes at once, and laying out 1,000 takes many seconds.
 */
export async function renderSvg(snapshot: Snapshot, options: { readonly limit?: number } = {}): Promise<string> {
  // Loaded on first use, since it is 1.2 MB and nothing else needs it.
  const graphviz = await import('@viz-js/viz');
  const viz = await graphviz.instance();
  const svg = viz.renderString(renderDot(snapshot, { limit: options.limit ?? 40 }), { format: 'svg', engine: 'dot' });
  return showTooltips(svg);
}

/** Graphviz puts tooltips into `xlink:title`, which browsers ignore, and ids into `<title>`, which they show. */
function showTooltips(svg: string): string {
  return svg.replace(
    /<title>[^<]*<\/title>(\s*<g id="[^"]*"><a xlink:title="([^"]*)")/g,
    (_, rest: string, tooltip: string) => `<title>${tooltip}</title>${rest}`,
  );
}
