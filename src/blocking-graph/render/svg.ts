import type { Snapshot } from '../snapshot.js';
import { renderDot } from './dot.js';

/**
 * The blocking graph laid out as a drawing, by Graphviz in WebAssembly. Of more nodes than `limit`, 40 unless given, those
 * that wait for the same are shown as one: more boxes nobody can read at once, and a layout of 1,000 takes many seconds.
 */
export async function renderSvg(snapshot: Snapshot, options: { readonly limit?: number } = {}): Promise<string> {
  // Loaded when a drawing is first asked for, since nothing else needs its 1.2 MB.
  const graphviz = await import('@viz-js/viz');
  const viz = await graphviz.instance();
  const svg = viz.renderString(renderDot(snapshot, { limit: options.limit ?? 40 }), { format: 'svg', engine: 'dot' });
  return showTooltips(svg);
}

/** Graphviz puts tooltips into an attribute that today's browsers ignore, and ids into the element that they show. */
function showTooltips(svg: string): string {
  return svg.replace(
    /<title>[^<]*<\/title>(\s*<g id="[^"]*"><a xlink:title="([^"]*)")/g,
    (_, rest: string, tooltip: string) => `<title>${tooltip}</title>${rest}`,
  );
}
