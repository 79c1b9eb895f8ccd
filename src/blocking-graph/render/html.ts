import { createHash } from 'node:crypto';
import type { Snapshot } from '../snapshot.js';
import { escapeMarkup as escape, printable } from './format.js';
import { bodiesHtml, locksHtml, schedulerHtml, tableHeadHtml, tilesHtml, warningsHtml } from './page-parts.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import { schedulingHtml } from './scheduling-html.js';
import { renderSvg } from './svg.js';
import { describeProcess } from './view.js';

/**
 * The snapshot as one self-contained page: the drawing, a table to sort and search, locks and warnings. It loads nothing.
 * Names come from the inspected program: they are escaped, and a content security policy allows only the page's own script.
 */
export async function renderHtml(snapshot: Snapshot, options: { readonly limit?: number } = {}): Promise<string> {
  const svg = await renderSvg(snapshot, options);
  const drawing = svg
    .slice(svg.indexOf('<svg'))
    .replace('<svg', '<svg role="img" aria-label="The blocking graph; the table has the same facts"');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${hashOf(pageScript)}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>blocking graph of ${escape(printable(snapshot.process.title))}</title>
<style>${pageStyle}</style>
</head>
<body>
<header><h1>Blocking graph</h1><p>${escape(describeProcess(snapshot))} · ${dateOf(snapshot.takenAt)}</p></header>
<dl class="tiles">${tilesHtml(snapshot)}</dl>
<ul class="warnings">${warningsHtml(snapshot)}</ul>
<ul class="locks">${locksHtml(snapshot)}</ul>
<main class="columns">
${graphSection(drawing)}
${tableSection(bodiesHtml(snapshot, options.limit ?? 1000))}
</main>
<section id="scheduling" aria-label="scheduling by resources">${schedulingHtml(snapshot.scheduling)}</section>
<footer><h2>Scheduler</h2><p class="faint">${schedulerHtml(snapshot)}</p></footer>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** The section with the drawing. The live page leaves it empty at first, and fills it in later. */
export function graphSection(drawing: string): string {
  return `<section aria-label="graph"><div class="bar"><h2>Graph</h2><span class="faint" id="caption">colour: processor time · blue frame: fibers wait · click to see neighbours</span>
<button type="button" id="overview" hidden>overview</button>
<button type="button" id="size" aria-pressed="false">actual size</button></div>
<div class="graph">${drawing}</div></section>`;
}

export function tableSection(bodies: string): string {
  return `<section aria-label="nodes"><div class="bar"><h2>Waiting for</h2><span class="faint">click for the places, a heading to sort</span>
<label><span class="visually-hidden">filter</span><input id="filter" type="search" placeholder="find a function, a file, a route"></label></div>
<div class="table" tabindex="0"><table><thead>${tableHeadHtml}</thead>${bodies}</table></div></section>`;
}

function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script).digest('base64')}`;
}

/** `takenAt` may be any number, but not every number is a valid date. */
function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? 'at an unknown time'
    : date.toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
}
